// Who is blamed for the deaths of those who worked a person: the change that was in hand each time, and no other of hers.
import { beforeEach, describe, expect, it } from 'vitest'
import type { Change, MatchEntry } from '../../functions/change/change.ts'
import { startVictim } from '../support/mortal-worker.ts'
import { VISIBILITY_MILLISECONDS } from '../support/queue.ts'
import { aChange, aRecord, type GivenChange } from '../support/records.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const MORNING = Date.parse('2026-11-22T08:00:00.000Z')
const key: MatchEntry = { attribute: 'cusCrmId', value: 'ada' }
const email: MatchEntry = { attribute: 'email', value: 'ada@example.com' }
const ADA = { cusCrmId: key.value, email: email.value }
/** Two among others, five alone. */
const DEATHS = 7

type Kills = Parameters<typeof startVictim>[1]
const poisonOrDeletion: Kills = ({ method, body }) => body.includes('poison') || method === 'DELETE'

let simulation: Simulation
let kills: Kills
const given = (profiles: readonly Record<string, string>[]) => {
  simulation = startSimulation()
  simulation.campaign.addProfiles(profiles)
}
beforeEach(() => {
  given([ADA])
  kills = poisonOrDeletion
})

/** Until whoever worked it has died, or answered: whether all of it left the queue. */
const deliver = async (...records: readonly ReturnType<typeof aRecord>[]): Promise<'dead' | boolean> => {
  const worker = startVictim(simulation, kills)
  const delivered = simulation.deliver(worker.deliver, records)
  delivered.catch(() => {})
  const answer = await simulation.time.run(Promise.race([delivered, worker.death]))
  await simulation.time.pass(VISIBILITY_MILLISECONDS)
  return answer ? answer.batchItemFailures.length === 0 : 'dead'
}
/** How often it was died of until it left the queue, with whatever happened before each try. */
const deathsOf = async (
  record: ReturnType<typeof aRecord>,
  before: (tried: number) => Promise<void> = async () => {},
): Promise<number> => {
  let deaths = 0
  for (let tried = 0; tried < 50; tried += 1) {
    await before(tried)
    const answer = await deliver(record)
    if (answer === true) return deaths
    if (answer === 'dead') deaths += 1
  }
  return Number.POSITIVE_INFINITY
}

const poison = (more: Partial<GivenChange> = {}) =>
  aChange({ match: [key], set: { phone: 'poison' }, occurredAt: MORNING, ...more })
const optOut = (more: Partial<GivenChange> = {}) =>
  aChange({ match: [email], set: { blackListEmail: true }, occurredAt: MORNING - 1, ...more })
const fax = (value: string, more: Partial<GivenChange> = {}) =>
  aChange({ match: [key], set: { fax: value }, occurredAt: MORNING - 1, ...more })

const crashed = (): readonly string[] =>
  simulation.parked.map(({ MessageBody }) => {
    const { changes, parked } = JSON.parse(MessageBody)
    expect(parked.code).toBe('crashed')
    return changes[0].id
  })
const shown = (attribute: string) => simulation.campaign.profiles()[0]?.[attribute]
const outcomesOf = ({ id }: Change) =>
  simulation.log.lines
    .filter(({ message, changeId }) => message === 'change.delivered' && changeId === id)
    .map(({ outcome }) => outcome)

it.each([2, 3, 6, 7])(
  'an opt-out that arrives after %i deaths of another change is applied',
  async (deaths) => {
    const record = aRecord([poison()])
    for (let death = 1; death <= deaths; death += 1) expect(await deliver(record)).toBe('dead')
    const innocent = optOut()
    expect(await deliver(aRecord([innocent], { lane: 'consent' }))).toBe(true)
    expect([crashed(), shown('blackListEmail'), outcomesOf(innocent)]).toEqual([[], true, ['applied']])
  },
)

it('the guilty one is parked after as many deaths, whoever of the same person ends well in between', async () => {
  const guilty = poison()
  const others: Change[] = []
  const deaths = await deathsOf(aRecord([guilty]), async (tried) => {
    const other = tried % 2 === 0 ? optOut({ occurredAt: MORNING + tried }) : fax(`${tried}`)
    others.push(other)
    expect(await deliver(aRecord([other], { lane: tried % 2 === 0 ? 'consent' : 'changes' }))).toBe(true)
  })
  expect([deaths, crashed()]).toEqual([DEATHS, [guilty.id]])
  expect(others.flatMap(outcomesOf)).not.toContain('parked')
})

it.each(['one message', 'one batch'])('those in %s with the guilty one are applied', async (together) => {
  const guilty = poison()
  const [older, younger] = [fax('1'), optOut({ match: [key], occurredAt: MORNING + 1 })]
  const changes = [younger, guilty, older]
  const records = together === 'one batch' ? changes.map((one) => aRecord([one])) : [aRecord(changes)]
  let deaths = 0
  while ((await deliver(...records)) === 'dead') deaths += 1
  expect([deaths, crashed()]).toEqual([DEATHS, [guilty.id]])
  expect([shown('fax'), shown('blackListEmail')]).toEqual(['1', true])
})

it('two guilty ones of one person, in two lanes by turns, are each parked after their own deaths', async () => {
  const [one, two] = [poison(), poison({ match: [email], set: { fax: 'poison' } })]
  let deaths = 0
  const records = [aRecord([one]), aRecord([two], { lane: 'consent' })]
  const left = new Set(records)
  for (let tried = 0; left.size > 0 && tried < 50; tried += 1) {
    const record = records[tried % 2]
    if (!record || !left.has(record)) continue
    const answer = await deliver(record)
    if (answer === true) left.delete(record)
    if (answer === 'dead') deaths += 1
  }
  expect(crashed().toSorted()).toEqual([one.id, two.id].toSorted())
  expect(deaths).toBeLessThanOrEqual(2 * DEATHS)
})

it('one that is parked is tried again when it is sent on, though it was not changed', async () => {
  const guilty = poison()
  expect(await deathsOf(aRecord([guilty]))).toBe(DEATHS)
  expect(await deliver(aRecord([guilty], { hop: 1 }))).toBe('dead')
})

it('an opt-out that is tried apart from the rest of its change is parked after as many deaths, and tried again when sent on', async () => {
  simulation.campaign.addFaults([{ match: { method: 'DELETE' }, times: 1, answer: { reset: true } }])
  const unconfirmed = aRecord([aChange({ action: 'delete', match: [key], occurredAt: MORNING })])
  await simulation.time.run(simulation.deliver(simulation.startWorker(), [unconfirmed]))
  await simulation.time.pass(VISIBILITY_MILLISECONDS)
  const whole = optOut({ match: [key], set: { blackListEmail: true, fax: '1' } })
  kills = ({ method }) => method === 'PATCH'
  const place = { receipt: 'of-the-whole', lane: 'consent' } as const
  expect(await deathsOf(aRecord([whole], place))).toBe(DEATHS)
  expect([crashed(), shown('blackListEmail')]).toEqual([[whole.id], false])
  kills = () => false
  expect(await deliver(aRecord([whole], { ...place, hop: 1 }))).toBe(true)
  expect([crashed(), shown('blackListEmail'), shown('fax')]).toEqual([[whole.id], true, ''])
})

it.each<[string, Partial<GivenChange>]>([
  ['a deletion', { action: 'delete', set: {} }],
  [
    'a creation',
    {
      action: 'upsert',
      match: [
        { attribute: 'cusCrmId', value: 'new' },
        { attribute: 'email', value: 'new@example.com' },
      ],
    },
  ],
  ['a write', {}],
])('%s that kills takes nobody along beyond three deaths, whatever has begun by then', async (_, given) => {
  const bob: MatchEntry = { attribute: 'cusCrmId', value: 'bob' }
  simulation.campaign.addProfiles([{ cusCrmId: bob.value }])
  const records = [poison(given), optOut({ match: [bob] })].map((one) => aRecord([one], { lane: 'consent' }))
  const comeBack = () => simulation.hidden.get(records[1]?.receiptHandle ?? '')
  const isOut = () => simulation.campaign.profiles().some((one) => one['blackListEmail'] === true)
  for (let death = 1; death <= 3; death += 1) expect(await deliver(...records)).toBe('dead')
  expect(isOut() || comeBack() === 1).toBe(true)
})

it('what was handed back before it began is not worked here as well, once the one before it has survived', async () => {
  const bob: MatchEntry = { attribute: 'cusCrmId', value: 'bob' }
  simulation.campaign.addProfiles([{ cusCrmId: bob.value }])
  const deletion = aRecord([poison({ action: 'delete', set: {} })])
  for (const _ of [1, 2]) expect(await deliver(deletion)).toBe('dead')
  kills = () => false
  const innocent = optOut({ match: [bob] })
  expect(await deliver(deletion, aRecord([innocent], { lane: 'consent' }))).toBe(false)
  expect(simulation.campaign.profiles()).toMatchObject([{ cusCrmId: bob.value, blackListEmail: false }])
  expect(await deliver(aRecord([innocent], { lane: 'consent' }))).toBe(true)
  expect(outcomesOf(innocent).at(-1)).toBe('applied')
})

describe('of what makes or deletes her', () => {
  const upsert = (more: Partial<GivenChange> = {}) =>
    poison({ action: 'upsert', match: [key, email], ...more })

  it('an upsert without values is not blamed for one that kills by its values', async () => {
    given([])
    const guilty = upsert()
    const record = aRecord([guilty])
    for (let death = 1; death < DEATHS; death += 1) expect(await deliver(record)).toBe('dead')
    const innocent = upsert({ set: {}, match: [email, key] })
    expect(await deliver(aRecord([innocent], { lane: 'consent' }))).toBe(true)
    expect([crashed(), outcomesOf(innocent), simulation.campaign.profiles().length]).toEqual([
      [],
      ['created'],
      1,
    ])
    expect([await deathsOf(record), crashed()]).toEqual([expect.any(Number), [guilty.id]])
  })

  it('an upsert that kills when it makes her is parked though she was looked for each time, and well', async () => {
    given([])
    simulation = startSimulation({ environment: { VERIFY: 'always' } })
    const guilty = poison({ action: 'upsert' })
    expect([await deathsOf(aRecord([guilty])), crashed()]).toEqual([DEATHS, [guilty.id]])
  })

  it('an upsert is not blamed for a deletion that kills', async () => {
    const deletion = poison({ action: 'delete', match: [email], set: {} })
    const record = aRecord([deletion])
    for (let death = 1; death <= DEATHS; death += 1) expect(await deliver(record)).toBe('dead')
    const innocent = fax('1', { action: 'upsert', match: [email, key], occurredAt: MORNING + 5 })
    expect(await deliver(aRecord([innocent], { lane: 'consent' }))).toBe(true)
    expect([crashed(), outcomesOf(innocent)]).toEqual([[], ['applied']])
    expect([await deathsOf(record), crashed()]).toEqual([0, [deletion.id]])
  })

  it('a deletion is not blamed for a change that kills', async () => {
    const record = aRecord([poison({ match: [email] })])
    for (let death = 1; death <= DEATHS; death += 1) expect(await deliver(record)).toBe('dead')
    const deletion = poison({ action: 'delete', match: [key], set: {}, occurredAt: MORNING - 5 })
    await deliver(aRecord([deletion]))
    expect(crashed()).toEqual([])
  })

  it('a creation in whose message others are is parked alone, and they make the profile', async () => {
    given([])
    const guilty = upsert()
    const others = [upsert({ set: { fax: '1' } }), upsert({ set: { blackListEmail: true } })]
    expect(await deathsOf(aRecord([guilty, ...others]))).toBe(DEATHS)
    expect([crashed(), shown('fax'), shown('blackListEmail')]).toEqual([[guilty.id], '1', true])
  })
})
