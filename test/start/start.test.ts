// `npm start` as a newcomer meets it: two stories, then servers that stay until they are stopped.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { freePorts, runProgram } from './program.ts'

const over = 'From here on'

const health = async (port: string): Promise<number | undefined> =>
  fetch(`http://127.0.0.1:${port}/health`).then(
    ({ status }) => status,
    () => undefined,
  )

// Side by side: each waits for a program of its own.
describe.concurrent('npm start', { timeout: 30_000 }, () => {
  it('tells both stories, without colour where nobody looks, and is healthy only when they are over', async () => {
    const ports = await freePorts()
    await using program = runProgram('start.ts', ports)
    const statuses: (number | undefined)[] = []
    while (statuses.at(-1) !== 200) {
      statuses.push(await health(ports.PORT))
      await sleep(10)
    }
    expect(statuses).toContain(503)

    const output = program.output()
    expect(output).toContain(over)
    expect(output).not.toContain('✗')
    expect(output).not.toContain('\u001b')
    expect(output.match(/✓/g)).toHaveLength(6)
    const [, first = '', second = ''] = output.split(/^\d {2}/m)
    for (const story of [first, second]) {
      expect(story.match(/^ +PATCH +…\/profile\/\S+ +200$/gm)).toHaveLength(1)
      expect(story).toMatch(/profile before[\s\S]+on the wire[\s\S]+profile after/)
    }
    expect(first).toContain('"accepted":5,"ignored":0,"rejected":[]')
    expect(second).toContain('"outcome":"superseded"')
  })

  it("takes colour and the functions' settings from the environment, and nothing of AWS", async () => {
    await using program = runProgram('start.ts', {
      ...(await freePorts()),
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
    await program.says(over)
    expect(program.output()).toContain('\u001b[32m')
    // Without the read before and after, the business key alone finds the profile.
    expect(program.output()).not.toMatch(/GET +…\/profile\/70000001/)
    expect(program.output()).toMatch(/PATCH +…\/profile\/70000001/)
  })

  it.each([
    ['SIGINT', 'in the middle of a story', 'profile before'],
    ['SIGTERM', 'while it serves', over],
  ] as const)('ends on %s %s, within two seconds and as a success', async (signal, _when, text) => {
    const ports = await freePorts()
    await using program = runProgram('start.ts', ports)
    await program.says(text)
    const stoppedAt = Date.now()
    program.stop(signal)
    expect(await program.ended).toBe(0)
    expect(Date.now() - stoppedAt).toBeLessThan(2000)
    expect(await health(ports.PORT)).toBeUndefined()
    expect(await health(ports.CAMPAIGN_PORT)).toBeUndefined()
  })

  it.each(['PORT', 'CAMPAIGN_PORT'] as const)('says in one line that %s is in use', async (name) => {
    const ports = await freePorts()
    const server = createServer().listen(Number(ports[name]), '127.0.0.1')
    await once(server, 'listening')
    await using program = runProgram('start.ts', ports)
    expect(await program.ended).toBe(1)
    server.close()
    expect(program.errors()).toBe(
      `port ${ports[name]} is in use: stop what listens there or set ${name} to another port\n`,
    )
  })

  it.each([
    [{ PORT: '70000' }, 'PORT is not a port: it must be 0 to 65535, such as 3000'],
    [{ PORT: '4100', CAMPAIGN_PORT: '4100' }, 'PORT and CAMPAIGN_PORT are both 4100: set them to two'],
    [{ CAMPAIGN_DIALECT: 'v7' }, 'CAMPAIGN_DIALECT'],
    [{ VERIFY: 'maybe', LANDING_SECONDS: 'x' }, 'LANDING_SECONDS must be whole seconds; VERIFY must be'],
  ])('says in one line what is wrong with %j', async (environment, line) => {
    await using program = runProgram('start.ts', { PORT: '0', CAMPAIGN_PORT: '0', ...environment })
    expect(await program.ended).toBe(1)
    expect(program.errors()).toContain(line)
    expect(program.errors().trimEnd().split('\n')).toHaveLength(1)
  })
})
