// Nothing that a person or a secret could be read off leaves the functions but in the bodies of queues: under every
// fault, applied and observed, all that is said is searched for what was planted.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Environment } from '../../functions/runtime/config.ts'
import { createLambdaLog } from '../../functions/runtime/lambda-log.ts'
import { createLambdaMetrics } from '../../functions/runtime/lambda-metrics.ts'
import { capturedOutput } from '../support/captured-output.ts'
import { answeredOf, countedOf, isLogged, toldOf } from './agreement.ts'
import { FAULTS } from './faults.ts'
import { leaksIn } from './leaks.ts'
import { secretsOf, type Walked, walk } from './walk.ts'
import type { Fault } from './world.ts'

beforeAll(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'TRACE')
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'CampaignProfileSync/canaries')
})
afterAll(() => vi.unstubAllEnvs())

/** The walk, and what the functions would write on Lambda meanwhile. */
const walkOnLambda = async (fault: Fault, environment: Environment) => {
  using output = capturedOutput()
  const log = createLambdaLog('deliver')
  const metrics = createLambdaMetrics('deliver')
  const told = { log, metrics }
  const walked = await metrics.writtenAfter(() => walk(fault, { environment, withMakings: true, told }))()
  return { walked, output: output.lines() }
}

/** Everything that leaves the functions in virtual time, but the bodies of queues. */
const saidIn = ({ simulation, answers, thrown }: Walked): Readonly<Record<string, unknown>> => ({
  log: simulation.log.lines,
  metrics: [...simulation.metrics.values, ...simulation.metrics.changes],
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
const counted = new Set<string>()
let answered = 0
let thrownOnce = 0

describe.each(runs)('$mode', ({ mode, rows, environment }) => {
  const walks = new Map<string, Walked>()

  it.each(rows)('says nothing that was planted: $name', async (fault) => {
    const { walked, output } = await walkOnLambda(fault, environment)
    const pkeys = walked.simulation.campaign.profiles().map(({ PKey }) => String(PKey))
    const planted = [...secretsOf(walked), ...pkeys]
    for (const [place, said] of Object.entries({ ...saidIn(walked), output })) {
      expect(leaksIn(said, planted), place).toEqual([])
    }
    for (const { outcome, code } of walked.simulation.log.lines) seen.add(`${outcome} ${code ?? ''}`.trim())
    thrownOnce += walked.thrown.length
    expect(output.some((line) => line.includes('"change.delivered"'))).toBe(true)
    expect(output.some((line) => line.includes('"EngineCalls"'))).toBe(true)
    walks.set(fault.name, walked)
  })

  // Whoever is killed takes along what it has counted and not yet told: there the lines alone are to be trusted.
  const counting = rows.filter(({ name }) => name !== 'workers killed in the middle')
  it.each(counting)('counts what it tells: $name', ({ name }) => {
    const walked = walks.get(name)
    if (!walked) throw new Error('it was walked')
    const told = toldOf(walked, mode === 'observed')
    expect(countedOf(walked)).toEqual(told)
    for (const [what, number] of Object.entries(told)) if (number !== 0) counted.add(what)
    for (const name of Object.keys(told.parked)) counted.add(name)
    expect(answeredOf(walked).filter((one) => !isLogged(walked, one))).toEqual([])
    answered += answeredOf(walked).length
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

it('has counted something of everything', () => {
  const everything = ['accepted', 'rejected', 'unmatchedOptOuts', 'engineCalls']
  const codes = ['AttributeUnknown', 'KeyMalformed', 'RefusedUnexplained', 'Ambiguous', 'Unmatched', 'Future']
  const expected = [...everything, ...codes.map((code) => `Parked${code}`)]
  expect(expected.filter((one) => !counted.has(one))).toEqual([])
  expect(answered).toBeGreaterThan(0)
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
