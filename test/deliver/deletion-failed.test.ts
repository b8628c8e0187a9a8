// A deletion that did not come to pass forgets no opt-out: only what Campaign has confirmed is a tombstone against consent.
import { beforeEach, describe, expect, it } from 'vitest'
import type { Change, MatchEntry } from '../../functions/change/change.ts'
import type { FaultInput } from '../../infra/local/campaign/faults.ts'
import { startMortalWorker, type Worker } from '../support/mortal-worker.ts'
import { VISIBILITY_MILLISECONDS } from '../support/queue.ts'
import { aChange, aRecord, type GivenChange } from '../support/records.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const minute = (number: number) => Date.parse('2026-11-22T09:00:00Z') + number * 60_000
const at = (number: number, given: GivenChange): Change => aChange({ occurredAt: minute(number), ...given })
const key: MatchEntry = { attribute: 'cusCrmId', value: 'crm-ada' }
const email: MatchEntry = { attribute: 'email', value: 'ada@example.com' }
const deletion = at(2, { action: 'delete', match: [key] })
const newer = at(3, { match: [key], set: { phone: 'newer' } })

let simulation: Simulation
let PKey: MatchEntry
const start = (environment = {}) => {
  simulation = startSimulation({ environment })
  simulation.campaign.addProfiles([{ cusCrmId: key.value, email: email.value }])
  PKey = { attribute: 'PKey', value: String(ada()?.['PKey']) }
}
const ada = () => simulation.campaign.profiles().find(({ cusCrmId }) => cusCrmId === key.value)
beforeEach(() => start())

/** Works the change as a message of its own; answers its outcome and code as they were told. */
const work = async (change: Change, worker = simulation.startWorker()): Promise<string> => {
  const record = aRecord([change], { receivedAt: simulation.time.now() })
  await simulation.time.run(simulation.deliver(worker, [record]))
  const told = simulation.log.lines.findLast((line) => line['changeId'] === change.id)
  return [told?.['outcome'], ...(told?.['code'] === undefined ? [] : [told['code']])].join(' ')
}
const fails = (answer: FaultInput['answer']) =>
  simulation.campaign.addFaults([{ match: { method: 'DELETE' }, times: 1, answer }])
const landed = () => simulation.time.pass(120_000)
const optOut = (match: MatchEntry, set: Change['set'] = { blackListEmail: true }) =>
  at(1, { match: [match], set })

describe.each<[string, FaultInput['answer']]>([
  ['refused', { status: 500, body: 'rc=-1 The whole record is locked.' }],
  ['turned away', { status: 503 }],
  ['lost', { reset: true }],
])('after a deletion that was %s', (name, answer) => {
  const isLost = name === 'lost'
  beforeEach(async () => {
    fails(answer)
    expect(await work(deletion)).toMatch(/^deferred/)
    await landed()
  })

  it.each(['key', 'email', 'PKey'])(
    'an older opt-out by %s is applied while the profile is there',
    async (by) => {
      const match = { key, email, PKey }[by] ?? key
      expect(await work(optOut(match))).toBe('applied')
      expect(ada()).toMatchObject({ blackListEmail: true })
      expect(await work(deletion)).toBe('applied')
      expect(ada()).toBeUndefined()
      expect(await work(optOut(match))).toBe('superseded')
    },
  )

  it.each(['key', 'email', 'PKey'])(
    'an older opt-out by %s is applied where a person has to decide about the deletion',
    async (by) => {
      await work(newer)
      expect(await work(deletion)).toBe('parked changed-since')
      expect(await work(optOut({ key, email, PKey }[by] ?? key))).toBe('applied')
      expect(ada()).toMatchObject({ blackListEmail: true, phone: 'newer' })
    },
  )

  it('of an older change that holds more, the opt-out is applied in any case', async () => {
    expect(await work(optOut(email, { blackListEmail: true, fax: 'old' }))).toBe('applied')
    expect(ada()).toMatchObject({ blackListEmail: true, fax: isLost ? '' : 'old' })
  })

  it('an older upsert that opts out closes the flag, and completes the profile only where nobody was deleted', async () => {
    simulation.campaign.addProfiles([{ email: 'keyless@example.com' }])
    const keyless = { attribute: 'email', value: 'keyless@example.com' }
    const named = { attribute: 'cusCrmId', value: 'crm-keyless' }
    fails(answer)
    await work(at(2, { action: 'delete', match: [keyless] }))
    await landed()
    const change = at(1, { action: 'upsert', match: [named, keyless], set: { blackListEmail: true } })
    expect(await work(change)).toBe('applied')
    expect(simulation.campaign.profiles()).toContainEqual(
      expect.objectContaining({
        email: keyless.value,
        blackListEmail: true,
        cusCrmId: isLost ? '' : named.value,
      }),
    )
  })

  it('another older change is applied where Campaign has said that it did not delete', async () => {
    await work(newer)
    expect(await work(at(1, { match: [key], set: { fax: 'old' } }))).toBe(isLost ? 'superseded' : 'applied')
  })

  it('an opt-in is no opt-out', async () => {
    if (isLost) expect(await work(optOut(key, { blackListEmail: false }))).toBe('superseded')
  })
})

it('an older opt-out of somebody who was not there to be deleted reaches the profile that was added since', async () => {
  const nobody = { attribute: 'email', value: 'late@example.com' }
  expect(await work(at(2, { action: 'delete', match: [nobody] }))).toBe('unchanged')
  expect(await work(optOut(nobody))).toBe('superseded')
  simulation.campaign.addProfiles([{ email: nobody.value }])
  expect(await work(at(1, { match: [nobody], set: { phone: 'old' } }))).toBe('superseded')
  expect(await work(optOut(nobody))).toBe('applied')
})

it('that landed without an answer is no duplicate of anything: tried again it changes nothing', async () => {
  fails({ appliedButLost: true })
  expect(await work(deletion)).toBe('deferred answer-lost')
  await landed()
  expect(await work(deletion)).toBe('unchanged')
  expect(await work(optOut(key))).toBe('superseded')
})

it('of nobody, worked twice, still forgets no opt-out of the profile that was added since', async () => {
  const nobody = { attribute: 'email', value: 'late@example.com' }
  const deleted = at(2, { action: 'delete', match: [nobody] })
  expect([await work(deleted), await work(deleted)]).toEqual(['unchanged', 'unchanged'])
  simulation.campaign.addProfiles([{ email: nobody.value }])
  expect(await work(optOut(nobody))).toBe('applied')
})

it.each(['update', 'upsert'] as const)(
  'an older opt-out makes nobody who may have been deleted: %s',
  async (action) => {
    start({ UNMATCHED: 'create' })
    fails({ appliedButLost: true })
    expect(await work(deletion)).toBe('deferred answer-lost')
    await landed()
    for (const match of [[key], [email], [email, key], [PKey, email]] as const)
      expect(await work(at(1, { action, match, set: { blackListEmail: true } }))).toBe('superseded')
    expect(simulation.campaign.profiles()).toEqual([])
  },
)

/** Wherever the worker of the deletion dies: what it had sent has landed, and others go on. */
const diedAt = async (point: number): Promise<Worker> => {
  start()
  const worker = startMortalWorker(simulation, point)
  const delivered = work(deletion, worker.deliver)
  await simulation.time.run(Promise.race([delivered, worker.death]))
  await simulation.time.pass(VISIBILITY_MILLISECONDS)
  return worker
}

it('wherever its worker dies, an older opt-out is kept and no older value comes back', async () => {
  const counter = await diedAt(Number.POSITIVE_INFINITY)
  expect(counter.points()).toBeGreaterThanOrEqual(20)
  const ways = new Set<boolean>()
  for (let point = 1; point <= counter.points(); point += 1) {
    await diedAt(point)
    const wasDeleted = !ada()
    ways.add(wasDeleted)
    // By hand, with the same names.
    if (wasDeleted) simulation.campaign.addProfiles([{ cusCrmId: key.value, email: email.value }])
    const name = `killed at point ${point}, ${wasDeleted ? 'deleted' : 'not deleted'}`
    await work(newer)
    await work(deletion)
    for (const match of [key, email]) {
      await work(optOut(match, { blackListEmail: true, fax: 'old' }))
      if (wasDeleted) expect(ada(), name).toMatchObject({ fax: '' })
      else expect(ada(), name).toMatchObject({ blackListEmail: true, phone: 'newer' })
    }
  }
  expect(ways.size).toBe(2)
}, 60_000)
