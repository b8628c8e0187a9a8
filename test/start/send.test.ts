// `npm run send` against a started stack: a newcomer's first change, and every way to hold it wrong.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { mappings } from '../../functions/change/mappings.ts'
import person from '../../infra/local/samples/profile.json' with { type: 'json' }
import { findLocalSource } from '../../infra/local/sending/local-source.ts'
import { freePort } from '../support/free-port.ts'
import { freePorts, type Program, runProgram } from './program.ts'

// The README's own way needs tools that a bare machine may lack.
const hasOpenssl = ['openssl version', 'curl --version'].every(
  (command) => spawnSync('bash', ['-c', command]).status === 0,
)

let started: Program
let ports: { PORT: string; CAMPAIGN_PORT: string }
let folder: string

beforeAll(async () => {
  ports = await freePorts()
  started = runProgram('start.ts', ports)
  folder = await mkdtemp(join(tmpdir(), 'send-'))
  await started.says('From here on')
}, 30_000)

afterAll(async () => {
  await started[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const send = async (parameters: readonly string[], environment: Record<string, string> = {}) => {
  await using program = runProgram('send.ts', { PORT: ports.PORT, ...environment }, ...parameters)
  const code = await program.ended
  return { code, output: program.output(), errors: program.errors() }
}

/** The JSON at the end of what `send` shows. */
const answerIn = (output: string): unknown => JSON.parse(/^\{$[\s\S]*^\}$/m.exec(output)?.[0] ?? 'null')

const Profiles = z.array(z.looseObject({ cusCrmId: z.string() }))
const profile = async () => {
  const response = await fetch(`http://127.0.0.1:${ports.CAMPAIGN_PORT}/_emulator/profiles`)
  return Profiles.parse(await response.json()).find(({ cusCrmId }) => cusCrmId === person.cusCrmId)
}

const Line = z.looseObject({ message: z.string(), receipt: z.string(), outcome: z.string().optional() })
const endsOf = (receipt: string) =>
  started
    .output()
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [Line.parse(JSON.parse(line))] : []))
    .filter((line) => line.message === 'change.delivered' && line.receipt === receipt)

describe('npm run send', { timeout: 30_000 }, () => {
  it('shows a direct change applied, and unchanged when it is sent again', async () => {
    const first = await send(['direct'])
    expect(first.code).toBe(0)
    expect(first.output).toContain(`POST http://127.0.0.1:${ports.PORT}/webhooks/direct`)
    expect(first.output).toContain('200 OK')
    expect(answerIn(first.output)).toMatchObject({
      accepted: 1,
      results: [{ outcome: 'applied', changed: ['phone'], verified: true }],
    })
    expect(await profile()).toMatchObject({ phone: '+4722555011' })

    const second = await send(['direct'], { GATEWAY_URL: `http://127.0.0.1:${ports.PORT}/` })
    expect(answerIn(second.output)).toMatchObject({ results: [{ outcome: 'unchanged' }] })
  })

  it('sends what HubSpot sends, and start prints one line per change', async () => {
    const { code, output } = await send(['hubspot'])
    expect(code).toBe(0)
    expect(output).toContain('202 Accepted')
    const answer = z.object({ receipt: z.string() }).loose().parse(answerIn(output))
    expect(answer).toMatchObject({ accepted: 2, ignored: 1, rejected: [] })
    await expect.poll(() => endsOf(answer.receipt)).toHaveLength(2)
    expect(endsOf(answer.receipt).map(({ outcome }) => outcome)).toEqual(['applied', 'applied'])
    expect(await profile()).toMatchObject({ firstName: 'Zoë', mobilePhone: '' })
  })

  it('puts a change on the bus for a source that is there, and start prints how it ends', async () => {
    const { code, output } = await send(['crm'])
    expect(code).toBe(0)
    expect(output).toContain('PutEvents com.example.crm → campaign-profile-sync')
    const changeId = /"id":"([^"]+)"/.exec(output)?.[1] ?? 'none'
    await expect.poll(() => started.output()).toContain(changeId)
    const line = started
      .output()
      .split('\n')
      .find((text) => text.includes(changeId))
    expect(JSON.parse(line ?? '')).toMatchObject({
      source: 'crm',
      outcome: expect.stringMatching(/^(applied|unchanged)$/),
    })
  })

  it('ends as a failure where EventBridge takes no event of it', async () => {
    const file = join(folder, 'list.json')
    await writeFile(file, '[]')
    const { code, output } = await send(['crm', file])
    expect(code).toBe(1)
    expect(output).toContain('MalformedDetail: Detail is malformed.')
  })

  it.skipIf(!hasOpenssl)('can be done by hand as the README shows', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    const script = /```bash\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
    expect(script).toContain('http://127.0.0.1:3000/')
    const { stdout } = await promisify(execFile)('bash', ['-c', script.replace(':3000/', `:${ports.PORT}/`)])
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(stdout).toContain('"outcome":"applied"')
    expect(await profile()).toMatchObject({ lastName: 'Olsen-Lie' })
  })

  it('sends a given file as it is', async () => {
    const file = join(folder, 'change.json')
    const body = `\n {"id":"evt~1", "occurredAt":"2020-01-01T00:00:00Z","match":{"email":"nobody@example.com"},"set":{"lastName":"Ö"}}\n`
    await writeFile(file, body)
    const { code, output } = await send(['direct', file])
    expect(code).toBe(0)
    expect(output).toContain(`${Buffer.byteLength(body)} bytes`)
    expect(answerIn(output)).toMatchObject({ results: [{ id: 'evt~1', outcome: 'queued' }] })
  })

  it('ends as a failure when the answer is one', async () => {
    const file = join(folder, 'broken.json')
    await writeFile(file, '{"id":')
    const { code, output } = await send(['direct', file])
    expect(code).toBe(1)
    expect(output).toContain('400 Bad Request')
  })

  it.concurrent.each([
    [[], /^say which source: .* one of: direct, hubspot, crm\n$/],
    [['direct', '/nowhere/change.json'], /^\/nowhere\/change\.json cannot be read \(ENOENT\): .*\n$/],
  ])('says in one line what is wrong with %j', async (parameters, line) => {
    const { code, output, errors } = await send(parameters)
    expect(code).toBe(1)
    expect(errors).toMatch(line)
    expect(output).toBe('')
  })

  it.each(['nope', 'constructor'])('says which sources there are where %s is none', async (name) => {
    await expect(findLocalSource(mappings, name)).rejects.toThrow(
      /^there is no source of this name in .*mappings\.ts, there is: direct, hubspot$/,
    )
  })

  it('says in one line that nothing is running, or that an address is none', async () => {
    const [nobody, nowhere] = await Promise.all([
      send(['direct'], { PORT: String(await freePort()) }),
      send(['direct'], { GATEWAY_URL: 'localhost:3000' }),
    ])
    const nobodyOnTheBus = await send(['crm'], { PORT: String(await freePort()) })
    expect(nobodyOnTheBus.errors).toMatch(
      /^no answer from http:\S+ \(ECONNREFUSED\): run npm start first, .*\n$/,
    )
    expect(nobody.code).toBe(1)
    expect(nobody.errors).toMatch(/^no answer from http:\S+ \(ECONNREFUSED\): run npm start first, .*\n$/)
    expect(nowhere.errors).toMatch(/^GATEWAY_URL is not an http\(s\) address, .*\n$/)
  })
})
