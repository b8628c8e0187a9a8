// A deletion: the one profile it names is gone, nobody else's, and a newer change stands against it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Change } from '../../functions/change/change.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson } from '../support/person.ts'
import { aChange, aRecord, type GivenChange } from '../support/records.ts'
import { startSimulation } from '../support/simulation.ts'

const minute = (number: number) => Date.parse('2026-11-22T09:00:00Z') + number * 60_000
const aDeletion = (match: GivenChange['match'], at: number, id?: string): Change =>
  aChange({ action: 'delete', match, occurredAt: minute(at), ...(id !== undefined && { id }) })

describe.each(['standard', 'v8'] as const)('a deletion (%s)', (dialect) => {
  let delivery: Delivery
  beforeAll(async () => {
    delivery = await startDelivery({ environment: { CAMPAIGN_DIALECT: dialect, UNMATCHED: 'park' } })
    delivery.campaign.settings({ dialect })
    await delivery.deliverNow([aChange({ match: [aPerson(delivery).key], set: { phone: '1' } })])
  })
  afterAll(() => delivery[Symbol.asyncDispose]())

  it.each(['key', 'email'] as const)('by %s looks, looks again under its leases, and deletes', async (by) => {
    const [ada, bob] = [aPerson(delivery), aPerson(delivery)]
    expect(await delivery.deliverNow([aDeletion([ada[by]], 1)])).toMatchObject([
      { outcome: 'applied', changed: [] },
    ])
    expect(ada.requests().map(({ method }) => method)).toEqual(['GET', 'GET', 'DELETE'])
    expect([ada.profiles(), bob.profiles()]).toMatchObject([[], [{ email: bob.email.value }]])
  })

  it('by PKey too, and says that it was verified where it looked', async () => {
    const ada = aPerson(delivery)
    const PKey = String(ada.profile()['PKey'])
    const worker = delivery.startWorker({ VERIFY: 'always' })
    const deletion = aDeletion([{ attribute: 'PKey', value: PKey }], 1)
    expect(await delivery.deliverNow([deletion], worker)).toMatchObject([
      { outcome: 'applied', PKey, verified: true },
    ])
    expect(ada.profiles()).toEqual([])
  })

  it('of nobody changes nothing, nor does it again; of somebody it is a duplicate when it comes again', async () => {
    const deletion = aDeletion([{ attribute: 'email', value: `nobody@${dialect}.example` }], 1)
    const ends = [...(await delivery.deliverNow([deletion])), ...(await delivery.deliverNow([deletion]))]
    expect(ends).toEqual([{ outcome: 'unchanged' }, { outcome: 'unchanged' }])
    const confirmed = aDeletion([aPerson(delivery).email], 1)
    await delivery.deliverNow([confirmed])
    expect(await delivery.deliverNow([confirmed])).toEqual([{ outcome: 'duplicate' }])
  })

  it('is ambiguous where several are named, by one entry or by two, and deletes none', async () => {
    const [ada, bob] = [aPerson(delivery), aPerson(delivery)]
    delivery.campaign.addProfiles([{ email: ada.email.value }])
    const ends = await delivery.deliverNow([
      aDeletion([ada.email], 1),
      aDeletion([ada.key, bob.email], 1),
      aDeletion([{ attribute: 'cusCrmId', value: 'not-bob' }, bob.email], 1),
    ])
    expect(ends.map(({ outcome }) => outcome)).toEqual(['ambiguous', 'ambiguous', 'ambiguous'])
    expect([ada.profiles().length, bob.profiles().length]).toEqual([2, 1])
    const change = aChange({ match: [bob.email], set: { phone: '1' }, occurredAt: minute(0) })
    expect(await delivery.deliverNow([change])).toMatchObject([{ outcome: 'applied' }])
  })

  it.each([
    ['an attribute', { action: 'update', set: { phone: '1' } }],
    ['an upsert of nothing else', { action: 'upsert' }],
  ] as const)('is parked where %s is newer than it, and deletes nobody', async (_name, given) => {
    const ada = aPerson(delivery)
    await delivery.deliverNow([aChange({ match: [ada.key], occurredAt: minute(2), ...given })])
    const parked = { outcome: 'parked', code: 'changed-since' }
    expect(await delivery.deliverNow([aDeletion([ada.email], 1)])).toMatchObject([parked])
    expect(ada.profiles()).toHaveLength(1)
    const change = aChange({ match: [ada.key], set: { fax: '1' }, occurredAt: minute(0) })
    expect(await delivery.deliverNow([change])).toMatchObject([{ outcome: 'applied' }])
  })

  it('is superseded by a newer one of the same person', async () => {
    const ada = aPerson(delivery)
    await delivery.deliverNow([aDeletion([ada.key], 2)])
    expect(await delivery.deliverNow([aDeletion([ada.email], 1)])).toEqual([{ outcome: 'superseded' }])
  })

  it('twice at once, by key and by email, ends both and the profile once', async () => {
    const ada = aPerson(delivery)
    const workers = [delivery.startWorker(), delivery.startWorker()]
    const ends = await Promise.all(
      [ada.key, ada.email].map((entry, place) =>
        delivery.deliverNow([aDeletion([entry], 1, 'same')], workers[place]),
      ),
    )
    expect(ends.flat().map(({ outcome }) => outcome)).toContain('applied')
    expect(ada.profiles()).toEqual([])
  })

  it('comes before the older and the newer changes of its batch', async () => {
    const ada = aPerson(delivery)
    const answer = await delivery.deliverBatch([
      aRecord([aChange({ match: [ada.key], set: { phone: 'old' }, occurredAt: minute(1) })]),
      aRecord([
        aChange({ action: 'upsert', match: [ada.email], set: { phone: 'new' }, occurredAt: minute(3) }),
      ]),
      aRecord([aDeletion([ada.key], 2)]),
    ])
    expect(answer).toEqual({ batchItemFailures: [] })
    expect(ada.profiles()).toMatchObject([{ phone: 'new', cusCrmId: '' }])
    expect(ada.calls('PATCH')).toBe(0)
  })
})

it('stands against a profile that was made without a key after the deletion had looked, by a newer change', async () => {
  const simulation = startSimulation({ settings: { latencyMs: 100 } })
  const [key, email] = [
    { attribute: 'cusCrmId', value: 'ada' },
    { attribute: 'email', value: 'ada@example.com' },
  ]
  const newer = aRecord([aChange({ action: 'upsert', match: [email], occurredAt: minute(2) })])
  const work = (record: typeof newer) => simulation.deliver(simulation.startWorker(), [record])
  const made = work(newer)
  // It looks while the other holds the lease of the email and has not made anybody yet.
  const removed = simulation.time.sleep(50).then(() => work(aRecord([aDeletion([key, email], 1)])))
  await simulation.time.run(Promise.all([made, removed]))
  expect(simulation.campaign.profiles()).toHaveLength(1)
})
