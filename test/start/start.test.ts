// `npm start` as a newcomer meets it: four stories, then servers that stay until they are stopped.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePorts, type Program, runProgram } from './program.ts'

const OVER = 'From here on'
/** What `npm start` promises of its end. */
const END_MILLISECONDS = 2000

const health = async (port: string): Promise<number | undefined> =>
  fetch(`http://127.0.0.1:${port}/health`).then(
    ({ status }) => status,
    () => undefined,
  )

/** The screen of each story. */
const storiesIn = (program: Program): readonly string[] =>
  program
    .output()
    .split(/^.{0,4}\d {2}/m)
    .slice(1)

const expectEndsInTime = async (program: Program, signal: NodeJS.Signals) => {
  const stoppedAt = Date.now()
  program.stop(signal)
  expect(await program.ended).toBe(0)
  expect(Date.now() - stoppedAt).toBeLessThan(END_MILLISECONDS)
}

describe('npm start', { timeout: 30_000 }, () => {
  let ports: { PORT: string; CAMPAIGN_PORT: string }
  let program: Program
  beforeAll(async () => {
    ports = await freePorts()
    program = runProgram('start.ts', ports)
  })
  afterAll(() => program[Symbol.asyncDispose]())

  it('tells its stories, without colour where nobody looks, and is healthy only when they are over', async () => {
    const statuses: (number | undefined)[] = []
    while (statuses.at(-1) !== 200) {
      statuses.push(await health(ports.PORT))
      await sleep(10)
    }
    expect(statuses).toContain(503)

    const output = program.output()
    expect(output).toContain(OVER)
    expect(output).not.toContain('✗')
    expect(output).not.toContain('\u001b')
    expect(output.match(/✓/g)).toHaveLength(11)
    const [first = '', second = '', third = '', fourth = ''] = storiesIn(program)
    for (const story of [first, second, third, fourth]) {
      expect(story.match(/^ +PATCH +…\/profile\/\S+ +200$/gm)).toHaveLength(1)
      expect(story).toMatch(/profile before[\s\S]+on the wire[\s\S]+profile after/)
    }
    expect(first).toContain('"accepted":5,"ignored":0,"rejected":[]')
    expect(second).toContain('"outcome":"superseded"')
    expect(third).toMatch(/\(no profile\)[\s\S]+the profile appears[\s\S]+✓ the change waited/)
    expect(fourth).toMatch(/on a page of Campaign[\s\S]+"superseded"[\s\S]+"applied"[\s\S]+was true/)
  })

  it('says in one line that a port is in use', async () => {
    await using other = runProgram('start.ts', { PORT: '0', CAMPAIGN_PORT: ports.CAMPAIGN_PORT })
    expect(await other.ended).toBe(1)
    expect(other.errors()).toBe(
      `port ${ports.CAMPAIGN_PORT} is in use: stop what listens there or set CAMPAIGN_PORT to another port\n`,
    )
  })

  it('ends on SIGTERM while it serves, within two seconds and as a success', async () => {
    await expectEndsInTime(program, 'SIGTERM')
    expect(await health(ports.PORT)).toBeUndefined()
    expect(await health(ports.CAMPAIGN_PORT)).toBeUndefined()
  })

  it("takes colour and the functions' settings from the environment, nothing of AWS, and ends on SIGINT in the middle of a story", async () => {
    await using other = runProgram('start.ts', {
      PORT: '0',
      CAMPAIGN_PORT: '0',
      FORCE_COLOR: '1',
      VERIFY: 'never',
      REQUEST_TIMEOUT_SECONDS: '',
      AWS_PROFILE: 'nobody',
      AWS_REGION: 'us-gov-west-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9',
      CAMPAIGN_URL: 'http://127.0.0.1:9',
      PUBLIC_URL: 'http://127.0.0.1:9',
    })
    await other.says('profile after')
    await expectEndsInTime(other, 'SIGINT')
    const [first = ''] = storiesIn(other)
    expect(first).toContain('\u001b[32m')
    // Without the read before and after, the business key alone finds the profile.
    expect(first).not.toMatch(/GET +…\/profile\/70000001/)
    expect(first).toMatch(/PATCH +…\/profile\/70000001/)
  })
})
