// `npm run redrive` and `npm run outcomes` beside a started stack, as an operator uses them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { freePort } from '../support/free-port.ts'
import { post } from '../support/sender.ts'
import { directChange, hubspotEvent } from '../support/sent-events.ts'
import { freePorts, type Program, runProgram } from './program.ts'

let started: Program
let ports: { PORT: string; CAMPAIGN_PORT: string }
let folder: string
beforeAll(async () => {
  ports = await freePorts()
  started = runProgram('start.ts', { ...ports, UNMATCHED: 'park', VERIFY: 'never' })
  folder = await mkdtemp(join(tmpdir(), 'parked-'))
  await started.says('From here on')
}, 30_000)
afterAll(async () => {
  await started[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const run = async (file: string, parameters: readonly string[], environment: Record<string, string> = {}) => {
  await using program = runProgram(`../${file}/main.ts`, { PORT: ports.PORT, ...environment }, ...parameters)
  const code = await program.ended
  return { code, output: program.output(), errors: program.errors() }
}
const redrive = (...parameters: string[]) => run('redrive', parameters)

/** The counts of one code, as the screen shows them. */
const rowOf = (output: string, code: string) =>
  new RegExp(`^${code} +(.*)$`, 'm').exec(output)?.[1]?.split(/ +/)
const NONE_UNDECODABLE_OR_UNDECIDED = ['0', '0']
const SELECTED_SENT_LEFT = (selected: number, sent: number, left: number) => [
  `${selected}`,
  `${sent}`,
  `${left}`,
  ...NONE_UNDECODABLE_OR_UNDECIDED,
]

const gateway = () => `http://127.0.0.1:${ports.PORT}`
const parked = async () => {
  const answer = await fetch(`${gateway()}/_local/queues`)
  return z.object({ parked: z.record(z.string(), z.number()) }).parse(await answer.json()).parked
}
const emulator = (path: string, body?: unknown) =>
  fetch(`http://127.0.0.1:${ports.CAMPAIGN_PORT}/_emulator/${path}`, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  })
const addProfile = (cusCrmId: string, email: string) => emulator('profiles', [{ cusCrmId, email }])
const phonesOf = async (email: string) => {
  const profiles = z.array(z.looseObject({ email: z.string(), phone: z.string() }))
  return profiles
    .parse(await (await emulator('profiles')).json())
    .filter((one) => one.email === email)
    .map(({ phone }) => phone)
}

const Line = z.looseObject({ message: z.string(), receipt: z.string(), outcome: z.string().optional() })
const outcomesOf = (receipt: string) =>
  started
    .output()
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [Line.parse(JSON.parse(line))] : []))
    .filter((line) => line.message === 'change.delivered' && line.receipt === receipt)
    .map(({ outcome }) => outcome)

/** Sends one direct change and waits until it has ended; its receipt. */
const send = async (change: object): Promise<string> => {
  const { body } = await post(gateway(), 'direct', { body: change, headers: { prefer: 'wait=10' } })
  return body.receipt
}

let people = 0
let key: { cusCrmId: string }
let email: string
beforeEach(() => {
  people += 1
  key = { cusCrmId: `parked-${people}` }
  email = `parked-${people}@example.com`
})

describe('npm run redrive', { timeout: 30_000 }, () => {
  it('has a change applied that was parked before its profile came, and one that is too old superseded', async () => {
    const late = await send(directChange({ id: 'late', match: key, set: { phone: '1' } }))
    const other = `${email}.other`
    const old = await send(directChange({ id: 'old', match: { email: other }, set: { phone: '1' } }))
    expect(await parked()).toEqual({ unmatched: 2 })
    await addProfile(key.cusCrmId, email)
    await addProfile(`${key.cusCrmId}-other`, other)
    const newer = {
      id: 'newer',
      match: { email: other },
      occurredAt: '2026-02-01T00:00:00Z',
      set: { phone: '2' },
    }
    await send(directChange(newer))

    const { code, output } = await redrive()
    expect(code).toBe(0)
    expect(rowOf(output, 'unmatched')).toEqual(SELECTED_SENT_LEFT(2, 2, 0))
    await expect.poll(() => [...outcomesOf(late), ...outcomesOf(old)]).toHaveLength(4)
    expect(outcomesOf(late)).toEqual(['unmatched', 'applied'])
    expect(outcomesOf(old)).toEqual(['unmatched', 'superseded'])
    expect([await phonesOf(email), await phonesOf(other)]).toEqual([['1'], ['2']])
    expect(await parked()).toEqual({})
  })

  it('loses nothing and sends nothing twice where two people do it at the same time', async () => {
    const changes = Array.from({ length: 12 }, (_, number) =>
      directChange({ id: `change-${number}`, match: { cusCrmId: `${key.cusCrmId}-${number}` } }),
    )
    const receipts = await Promise.all(changes.map(send))
    await emulator(
      'profiles',
      changes.map(({ match }) => match),
    )
    const runs = await Promise.all([redrive(), redrive()])
    const sent = runs.map(({ output }) => Number(rowOf(output, 'unmatched')?.[1] ?? 0))
    expect(sent.reduce((sum, count) => sum + count)).toBe(12)
    await expect.poll(() => receipts.flatMap(outcomesOf)).toHaveLength(24)
    expect(receipts.map(outcomesOf)).toEqual(receipts.map(() => ['unmatched', 'applied']))
    expect(await parked()).toEqual({})
  })

  it('takes only the codes and the ages that are asked for, and nothing in a dry run', async () => {
    await send(directChange({ match: key }))
    await post(gateway(), 'hubspot', {
      body: [hubspotEvent({ propertyName: 'date_of_birth', propertyValue: 'soon' })],
    })
    const before = await parked()
    expect(before).toEqual({ unmatched: 1, 'value-invalid': 1 })

    const tooYoung = await redrive('--code', 'unmatched', '--code', 'expired', '--older-than', '1h')
    expect(rowOf(tooYoung.output, 'unmatched')).toEqual(SELECTED_SENT_LEFT(0, 0, 1))
    expect(tooYoung.output).toContain('Nothing is parked under expired.')
    const dry = await redrive('--code', 'unmatched', '--dry-run')
    expect(rowOf(dry.output, 'unmatched')).toEqual(SELECTED_SENT_LEFT(1, 0, 1))
    expect(rowOf(dry.output, 'value-invalid')).toEqual(SELECTED_SENT_LEFT(0, 0, 1))
    expect(dry.output).toContain('nothing was sent. Without --dry-run 1 would be.')
    expect(await parked()).toEqual(before)
  })

  it('says in one line what it cannot use', async () => {
    const [option, nobody, half] = await Promise.all([
      redrive('--codes', 'unmatched'),
      run('redrive', [], { PORT: String(await freePort()) }),
      run('redrive', [], { PARKED_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/1/parked.fifo' }),
    ])
    expect(option.errors).toMatch(/^Unknown option '--codes': npm run redrive -- \[--code .*\n$/)
    expect(nobody.errors).toMatch(
      /^no local stack answers at http:\S+: run npm start first.*PARKED_QUEUE_URL.*\n$/,
    )
    expect(half.errors).toMatch(
      /^cannot start, .*CHANGES_QUEUE_URL is not set; CONSENT_QUEUE_URL is not set; PSEUDONYM_SECRET_ID is not set\n$/,
    )
    expect([option.code, nobody.code, half.code]).toEqual([1, 1, 1])
  })
})

describe('npm run outcomes', { timeout: 30_000 }, () => {
  const log = async (name: string, text: string) => {
    const file = join(folder, name)
    await writeFile(file, text)
    return file
  }
  const Totals = z.looseObject({ accepted: z.int(), outcomes: z.record(z.string(), z.int()) })

  it('adds up what npm start printed: every accepted change has one end', async () => {
    const printed = await log('start.log', started.output())
    const { code, output } = await run('outcomes', ['--json', printed])
    expect(code).toBe(0)
    const totals = Totals.parse(JSON.parse(output))
    expect(Object.values(totals.outcomes).reduce((sum, count) => sum + count)).toBe(totals.accepted)
    expect(totals).toMatchObject({ codes: { unmatched: { unmatched: 15 } }, unreadable: 0, withoutEnd: [] })
  })

  it('ends as a failure, naming the receipt, where a change has no end and is older than the grace', async () => {
    const receipt = await send(directChange({ match: key }))
    const lines = started.output().split('\n')
    const isItsEnd = (line: string) => line.includes(receipt) && line.includes('change.delivered')
    const file = await log('lost.log', lines.filter((line) => !isItsEnd(line)).join('\n'))
    const [lost, forgiven] = await Promise.all([
      run('outcomes', [file]),
      run('outcomes', ['--grace', '1h', file]),
    ])
    expect(lost.output).toContain('1 accepted changes without an end, 1 of them overdue:')
    expect(lost.output).toContain(`receipt ${receipt} index 0   nothing`)
    expect([lost.code, forgiven.code]).toEqual([1, 0])
  })

  it('ends as a failure, and does not say that all is well, where the log of accept is not among what it reads', async () => {
    const receipt = await send(directChange({ match: key }))
    const lines = started.output().split('\n')
    const file = await log(
      'deliver.log',
      lines.filter((line) => line.includes('change.delivered')).join('\n'),
    )
    expect(lines.some((line) => line.includes(receipt))).toBe(true)
    const { code, output } = await run('outcomes', [file])
    expect(code).toBe(1)
    expect(output).toContain('No acceptance was found in these lines: is the webhook’s log among them?')
    expect(output).not.toContain('Every accepted change')
  })

  it('says in one line what it cannot use', async () => {
    const [option, file, empty] = await Promise.all([
      run('outcomes', ['--since', '1h']),
      run('outcomes', ['/nowhere/my.log']),
      run('outcomes', []),
    ])
    expect(option.errors).toMatch(/^Unknown option '--since': npm run outcomes -- \[--grace 15m\] .*\n$/)
    expect(file.errors).toBe('/nowhere/my.log cannot be read (ENOENT): give the path of a file\n')
    expect(empty.errors).toMatch(
      /^no line of this log speaks of a delivery or a change: npm run outcomes .*\n$/,
    )
    expect([option.code, file.code, empty.code]).toEqual([1, 1, 1])
  })
})
