// An opt-out beside a deletion that waits is heard: the deletion may wait for days, and the person is written to meanwhile.
import { beforeEach, describe, expect, it } from 'vitest'
import type { Change, MatchEntry } from '../../functions/change/change.ts'
import type { FaultInput } from '../../infra/local/campaign/faults.ts'
import { aChange, aRecord, type GivenChange } from '../support/records.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const MORNING = Date.parse('2026-11-22T08:00:00.000Z')
const key: MatchEntry = { attribute: 'cusCrmId', value: 'ada' }
const email: MatchEntry = { attribute: 'email', value: 'ada@example.com' }

let simulation: Simulation
const start = (environment = {}) => {
  simulation = startSimulation({ environment })
  simulation.campaign.addProfiles([{ cusCrmId: key.value, email: email.value }])
}
beforeEach(() => start())

const fails = (method: string, answer: FaultInput['answer'], times = 1) =>
  simulation.campaign.addFaults([{ match: { method }, times, answer }])
const deletion = (more: Partial<GivenChange> = {}) =>
  aChange({ action: 'delete', match: [key], occurredAt: MORNING, index: 0, ...more })
const beside = (given: Partial<GivenChange> = {}) =>
  aChange({ match: [key], set: { blackListEmail: true }, occurredAt: MORNING - 1, index: 1, ...given })

/** Works the changes as one message of the lane of consent; answers whether it left the queue. */
const deliver = async (record: ReturnType<typeof aRecord>): Promise<boolean> => {
  const answer = await simulation.time.run(simulation.deliver(simulation.startWorker(), [record]))
  await simulation.time.pass(120_000)
  return answer.batchItemFailures.length === 0
}
const together = (...changes: readonly Change[]) =>
  aRecord(changes, { lane: 'consent', receivedAt: simulation.time.now() })
const told = ({ id }: Change) =>
  simulation.log.lines
    .filter(({ message, changeId }) => message === 'change.delivered' && changeId === id)
    .map(({ outcome, code }) => [outcome, ...(code === undefined ? [] : [code])].join(' '))
const ada = () => simulation.campaign.profiles().find(({ cusCrmId }) => cusCrmId === key.value)

describe.each<[string, FaultInput['answer']]>([
  ['is refused for its rights', { status: 403 }],
  ['is turned away', { status: 503 }],
])('beside a deletion that %s', (_, answer) => {
  it.each([
    ['older', -1],
    ['newer', 1],
  ])('an %s opt-out is applied', async (_age, after) => {
    fails('DELETE', answer, 100)
    const optOut = beside({ occurredAt: MORNING + after })
    const record = together(deletion(), optOut)
    expect(await deliver(record)).toBe(false)
    expect(ada()).toMatchObject({ blackListEmail: true })
    expect(told(optOut)).toEqual(['applied'])
  })

  it.each<[string, Partial<GivenChange>]>([
    ['an update', { set: { blackListEmail: true, fax: 'beside' } }],
    ['an upsert', { action: 'upsert', match: [key, email], set: { blackListEmail: true, fax: 'beside' } }],
    ['repeated values', { set: { fax: 'beside' }, restate: { blackListEmail: true } }],
  ])('of %s with other values the opt-out is applied, and nothing else', async (_name, given) => {
    fails('DELETE', answer, 100)
    const whole = beside(given)
    const record = together(deletion(), whole)
    for (const _try of [1, 2]) expect(await deliver(record)).toBe(false)
    expect(ada()).toMatchObject({ blackListEmail: true, fax: '' })
    expect(told(whole)).toEqual(Array(2).fill('deferred waits-with-others'))
  })
})

it('the deletion that had to wait deletes her though an older opt-out beside it was applied', async () => {
  fails('DELETE', { status: 503 }, 2)
  const deleted = deletion()
  const record = together(deleted, beside(), beside({ set: { blackListEmail: true, fax: '1' }, index: 2 }))
  let tries = 1
  while (!(await deliver(record))) tries += 1
  expect(tries).toBeLessThanOrEqual(4)
  expect([told(deleted).at(-1), ada()]).toEqual(['applied', undefined])
})

it('a newer opt-out beside it is a change since the deletion was asked for: a person decides', async () => {
  fails('DELETE', { status: 503 })
  const deleted = deletion()
  const record = together(deleted, beside({ occurredAt: MORNING + 1 }))
  expect([await deliver(record), await deliver(record)]).toEqual([false, true])
  expect(told(deleted).at(-1)).toBe('parked changed-since')
  expect(ada()).toMatchObject({ blackListEmail: true })
})

it('nobody is made by an opt-out beside a deletion that could not yet look for her', async () => {
  start({ UNMATCHED: 'create' })
  const nobody: MatchEntry = { attribute: 'email', value: 'nobody@example.com' }
  const optOut = beside({ match: [nobody] })
  const record = together(deletion({ match: [nobody] }), optOut)
  fails('GET', { status: 503 })
  expect(await deliver(record)).toBe(false)
  expect(told(optOut)).toEqual(['deferred waits-with-others'])
  expect(simulation.campaign.profiles()).toHaveLength(1)
})

it.each([0, 1])(
  'of the same moment is no change since, whether the deletion fails %d times or not',
  async (times) => {
    if (times > 0) fails('DELETE', { status: 503 }, times)
    const record = together(deletion({ id: 'z' }), beside({ id: 'a', occurredAt: MORNING }))
    for (let tries = 0; tries < 3 && !(await deliver(record)); tries += 1);
    expect(ada()).toBeUndefined()
    expect(simulation.parked).toEqual([])
  },
)
