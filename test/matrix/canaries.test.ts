// Nothing that a person or a secret could be read off leaves the functions but in the bodies of queues: under every
// fault, applied and observed, all that is said is searched for what was planted.
import { describe, expect, it } from 'vitest'
import { FAULTS } from './faults.ts'
import { leaksIn } from './leaks.ts'
import { secretsOf, type Walked, walk } from './walk.ts'

/** Everything that leaves the functions in virtual time, but the bodies of queues. */
const saidIn = ({ simulation, answers, thrown }: Walked): Readonly<Record<string, unknown>> => ({
  log: simulation.log.lines,
  ledger: [...simulation.ledger.items],
  budget: simulation.budget.state(),
  'queue attributes': simulation.queue.sent.map(({ MessageBody: _, ...attributes }) => attributes),
  answers: answers.map(({ status, body }) => ({ status, ...withoutNames(body) })),
  thrown,
})

/** Everything for a sender but which record it was: a sender who may write a profile is told its PKey. */
const withoutNames = (body: Record<string, unknown>) => ({
  ...body,
  results: [body['results'] ?? []].flat().map((result) => ({ ...result, PKey: '', href: '' })),
})

const SOME = ['nothing is wrong', '503', 'Secrets Manager away']
const some = FAULTS.filter(({ name }) => SOME.includes(name))
const runs = [
  { mode: 'applied', rows: FAULTS, environment: { VERIFY: 'always' } },
  { mode: 'observed', rows: some, environment: { MODE: 'observe' } },
  { mode: 'applied, where what is unmatched waits', rows: some, environment: { UNMATCHED: 'wait' } },
]
const seen = new Set<string>()
let thrownOnce = 0

describe.each(runs)('$mode', ({ rows, environment }) => {
  it.each(rows)('says nothing that was planted: $name', async (fault) => {
    const walked = await walk(fault, { environment, withMakings: true })
    const pkeys = walked.simulation.campaign.profiles().map(({ PKey }) => String(PKey))
    const planted = [...secretsOf(walked), ...pkeys]
    for (const [place, said] of Object.entries(saidIn(walked))) {
      expect(leaksIn(said, planted), place).toEqual([])
    }
    for (const { outcome, code } of walked.simulation.log.lines) seen.add(`${outcome} ${code ?? ''}`.trim())
    thrownOnce += walked.thrown.length
  })
})

it('has looked at every kind of end, and at errors that left a function', () => {
  const ends = [
    'applied',
    'created',
    'superseded',
    'duplicate',
    'waiting',
    'observed created',
    'deferred sent-on',
  ]
  const parked = ['attribute-unknown', 'key-malformed', 'refused-unexplained']
  const expected = [
    ...ends,
    'unmatched unmatched',
    'ambiguous ambiguous',
    ...parked.map((code) => `parked ${code}`),
  ]
  expect(expected.filter((one) => !seen.has(one))).toEqual([])
  expect(thrownOnce).toBeGreaterThan(0)
})

describe('the search', () => {
  it.each([
    ['a value of an edit', { detail: 'refused: Canary ada 1' }],
    ['a key', ['7703077']],
    ['a secret', { cause: 'wrong: client-secret-canary' }],
    ['the message of a cause', new Error('outer', { cause: new Error('of canary-ada@example.com') })],
    ['a field of an error', Object.assign(new Error('outer'), { body: 'Canary' })],
    ['a secret among others', 'x local-hubspot y'],
  ])('finds %s', (_what, said) => {
    expect(leaksIn(said, ['local-hubspot'])).not.toEqual([])
  })

  it('finds nothing in what is no canary', () => {
    expect(leaksIn([{ message: 'change.delivered', attributes: ['phone'] }], ['local-hubspot'])).toEqual([])
  })
})
