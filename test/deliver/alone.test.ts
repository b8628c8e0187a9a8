// A change that ends whoever works it: it takes nobody with it, and it is not tried for ever.
import { beforeEach, describe, expect, it } from 'vitest'
import type { Change } from '../../functions/change/change.ts'
import { marksAlone, marksTaken } from '../../functions/deliver/ledger/in-hand.ts'
import { guiltyOf, isSuspicious } from '../../functions/deliver/suspect/crashed.ts'
import type { Around } from '../support/in-memory-aws.ts'
import { aChange, aRecord } from '../support/records.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const MINUTE = 60_000
const MORNING = Date.parse('2026-11-22T08:00:00.000Z')
const keyOf = (key: string) => ({ attribute: 'cusCrmId', value: key })

let simulation: Simulation
beforeEach(() => {
  simulation = startSimulation()
  simulation.campaign.addProfiles([{ cusCrmId: 'ada' }, { cusCrmId: 'bob' }, { cusCrmId: 'eve' }])
})

const poison = (given: object = {}) =>
  aChange({ match: [keyOf('ada')], set: { phone: 'poison' }, occurredAt: MORNING, ...given })
const harmless = (key: string, given: object = {}) =>
  aChange({ match: [keyOf(key)], set: { fax: '1' }, occurredAt: MORNING + 1, ...given })

/** A new worker that is gone as soon as it would send what holds `poison`, and what it had begun with it. */
const deliver = async (records: readonly ReturnType<typeof aRecord>[]) => {
  const { promise: death, resolve: die } = Promise.withResolvers<'dead'>()
  let isDead = false
  const around: Around = async (call) => {
    if (isDead) await new Promise(() => {})
    const result = await call()
    if (isDead) await new Promise(() => {})
    return result
  }
  const worker = simulation.startWorker(around, {
    onRequest: ({ body }) => {
      if (!body.toString().includes('poison')) return
      isDead = true
      die('dead')
    },
  })
  const answered = simulation.deliver(worker, records)
  const answer = await simulation.time.run(Promise.race([answered, death]))
  await simulation.time.pass(3 * MINUTE)
  return answer
}
const heldBy = (key: string, attribute: string) =>
  simulation.campaign.profiles().find(({ cusCrmId }) => cusCrmId === key)?.[attribute]
const failedOf = (answer: Awaited<ReturnType<typeof deliver>>) =>
  answer === 'dead' ? 'dead' : answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
const parked = () =>
  simulation.parked.map(({ MessageBody }) => {
    const { changes, parked: why } = JSON.parse(MessageBody)
    return [changes[0].id, why.code]
  })

it('is parked after two deaths among others and five alone', async () => {
  const change = poison()
  const record = aRecord([change])
  for (let death = 1; death <= 7; death += 1) expect(await deliver([record]), `death ${death}`).toBe('dead')
  expect(failedOf(await deliver([record]))).toEqual([])
  expect(parked()).toEqual([[change.id, 'crashed']])
})

it('starts at zero again once it is parked and sent on, but not where it only comes back', async () => {
  const change = poison()
  const record = aRecord([change])
  for (let death = 1; death <= 7; death += 1) await deliver([record])
  await deliver([record])
  expect([...simulation.ledger.items.values()]).toMatchObject([{ attempts: 0 }])
  expect(failedOf(await deliver([record]))).toEqual([])
  expect(await deliver([aRecord([change], { hop: 1 })])).toBe('dead')
})

it('hands the rest of its batch back before it is worked alone for the first time, and at once', async () => {
  const record = aRecord([poison()])
  const neighbours = ['bob', 'eve'].map((key) => aRecord([harmless(key)]))
  for (const _ of [1, 2]) await deliver([record])
  expect(await deliver([record, ...neighbours])).toBe('dead')
  const handed = neighbours.filter(({ receiptHandle }) => simulation.hidden.get(receiptHandle) === 1)
  const written = ['bob', 'eve'].filter((key) => heldBy(key, 'fax') === '1')
  expect(handed.length + written.length).toBe(2)
  expect(simulation.hidden.has(record.receiptHandle)).toBe(false)
  expect([...simulation.ledger.items.values()].filter(({ attempts }) => attempts > 0)).toHaveLength(1)
})

it('works what was handed back a second later, however often it was received', async () => {
  const record = aRecord([harmless('ada')])
  const neighbours = ['bob', 'eve'].map((key) => aRecord([harmless(key)], { receives: 9 }))
  for (const _ of [1, 2]) await deliver([aRecord([poison()])])
  const failed = failedOf(await deliver([record, ...neighbours]))
  expect(failed).not.toContain(record.messageId)
  expect(failed).not.toBe('dead')
  expect(heldBy('ada', 'fax')).toBe('1')
  for (const one of neighbours.filter(({ messageId }) => failed.includes(messageId))) {
    expect(simulation.hidden.get(one.receiptHandle)).toBeLessThanOrEqual(2)
  }
  expect(failedOf(await deliver(neighbours))).toEqual([])
  expect([heldBy('bob', 'fax'), heldBy('eve', 'fax')]).toEqual(['1', '1'])
})

it('is found among the changes of its profile: the others are applied, the older ones first and alone', async () => {
  const older = harmless('ada', { occurredAt: MORNING - 1 })
  const younger = harmless('ada', { set: { firstName: 'Ada' }, occurredAt: MORNING + 1 })
  const guilty = poison()
  const record = aRecord([younger, guilty, older])
  for (let death = 1; death <= 3; death += 1) expect(await deliver([record])).toBe('dead')
  expect([heldBy('ada', 'fax'), heldBy('ada', 'firstName')]).toEqual(['1', ''])
  for (let death = 4; death <= 7; death += 1) expect(await deliver([record])).toBe('dead')
  expect(failedOf(await deliver([record]))).toEqual([])
  expect(parked()).toEqual([[guilty.id, 'crashed']])
  expect(heldBy('ada', 'firstName')).toBe('Ada')
})

it('parks two of them in one message as well, each after five deaths of its own', async () => {
  const [one, two] = [poison(), poison({ set: { fax: 'poison' }, occurredAt: MORNING + 1, index: 1 })]
  const record = aRecord([two, one])
  for (let death = 1; death <= 2 + 5 + 5; death += 1) expect(await deliver([record])).toBe('dead')
  expect(failedOf(await deliver([record]))).toEqual([])
  expect(parked().map(([id]) => id)).toEqual([two.id, one.id])
})

it('is parked as well where it would create its profile', async () => {
  const change = poison({ match: [keyOf('new')], action: 'upsert' })
  const record = aRecord([change])
  for (let death = 1; death <= 7; death += 1) expect(await deliver([record]), `death ${death}`).toBe('dead')
  expect(failedOf(await deliver([record]))).toEqual([])
  expect(parked()).toEqual([[change.id, 'crashed']])
})

describe('the changes to blame', () => {
  // As long as names are.
  const [first, second] = [poison({ id: 'the-1st-' }), harmless('ada', { id: 'the-2nd-' })]
  const nameOf = ({ id }: Change) => id
  /** After so many deaths alone of each, one after the other. */
  const leaseAfter = (deaths: readonly (readonly [Change, number])[], attempts = 0) => {
    const marks = deaths.flatMap(([change, count]) =>
      Array.from({ length: count }, (_, death) =>
        marksAlone({ names: [change.id], until: MORNING + death, marks: [] }),
      ).flat(),
    )
    return { attempts, marks, names: [first.id] }
  }

  it('are those that were in hand alone in five deaths, however often others were', () => {
    const blamed = (...deaths: readonly (readonly [Change, number])[]) =>
      guiltyOf([leaseAfter(deaths, 9)], [second, first], nameOf)
    expect(blamed([first, 4], [second, 0])).toEqual([])
    expect(blamed([first, 5], [second, 4])).toEqual([first])
    expect(blamed([first, 5], [second, 5])).toEqual([second, first])
  })

  it('are none of those that were recorded', () => {
    const lease = leaseAfter([
      [first, 5],
      [second, 5],
    ])
    expect(guiltyOf([lease], [second, first], nameOf, { phone: '~' })).toEqual([second])
  })

  it('are looked for after two deaths of anybody, two of theirs among others, or one alone', () => {
    const among = (count: number) => ({
      attempts: 0,
      names: [first.id],
      marks: Array.from({ length: count }, (_, death) => marksTaken([first.id], MORNING + death)).flat(),
    })
    const leases = [leaseAfter([], 1), leaseAfter([], 2), among(1), among(2), leaseAfter([[first, 1]])]
    expect(leases.map((lease) => isSuspicious([lease]))).toEqual([false, true, false, true, true])
    expect(isSuspicious([{ ...among(2), names: [second.id] }])).toBe(false)
  })
})
