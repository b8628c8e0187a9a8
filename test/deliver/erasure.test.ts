// Who was deleted does not come back by anything older, whatever it names her by; a newer change makes her anew.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Change, MatchEntry } from '../../functions/change/change.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { mappings } from '../support/mappings.ts'
import { aPerson, type Person } from '../support/person.ts'
import { aChange, type GivenChange } from '../support/records.ts'

const minute = (number: number) => Date.parse('2026-11-22T09:00:00Z') + number * 60_000
const at = (number: number, given: GivenChange): Change => aChange({ occurredAt: minute(number), ...given })
const aDeletion = (number: number, match: GivenChange['match']): Change =>
  at(number, { action: 'delete', match })

let delivery: Delivery
beforeAll(async () => {
  delivery = await startDelivery({
    environment: { UNMATCHED: 'create' },
    mappings: { ...mappings, filters: { cusLoyaltyId: { name: 'byLoyaltyId', parameter: 'id' } } },
  })
  delivery.campaign.settings({ filters: { byLoyaltyId: { attribute: 'cusLoyaltyId', parameter: 'id' } } })
})
afterAll(() => delivery[Symbol.asyncDispose]())

type Name = 'key' | 'email' | 'PKey' | 'loyaltyId'
let ada: Person
let names: Readonly<Record<Name, MatchEntry>>
let unknown: { readonly key: MatchEntry; readonly email: MatchEntry }
let made = 0
beforeEach(() => {
  made += 1
  const loyaltyId = { attribute: 'cusLoyaltyId', value: `L-${made}` }
  ada = aPerson(delivery, { cusLoyaltyId: loyaltyId.value })
  const PKey = { attribute: 'PKey', value: String(ada.profile()['PKey']) }
  names = { key: ada.key, email: ada.email, PKey, loyaltyId }
  unknown = {
    key: { attribute: 'cusCrmId', value: `unknown-${made}` },
    email: { attribute: 'email', value: `unknown-${made}@example.com` },
  }
})
const EVERY: readonly Name[] = ['key', 'email', 'PKey', 'loyaltyId']
const everybody = () => delivery.campaign.profiles().length

describe.each(EVERY)('after a deletion by %s', (by) => {
  it.each(EVERY)('no older change by %s makes her again', async (later) => {
    const before = everybody()
    await delivery.deliverNow([aDeletion(2, [names[by]])])
    const change = (action: 'update' | 'upsert', match: GivenChange['match']) =>
      at(1, { action, match, set: { phone: '1' } })
    const ends = await delivery.deliverNow([
      change('update', [names[later]]),
      ...(later === 'PKey' ? [] : [change('upsert', [names[later]])]),
      change('upsert', [names[later], unknown.email]),
      change('upsert', [unknown.key, names[later]]),
      change('upsert', [names[later], unknown.key, unknown.email]),
    ])
    expect(new Set(ends.map(({ outcome }) => outcome))).toEqual(new Set(['superseded']))
    expect(everybody()).toBe(before - 1)
  })
})

it('is not brought back by an older change that names somebody new and gives him her email', async () => {
  const before = everybody()
  await delivery.deliverNow([aDeletion(2, [names.email])])
  const change = at(1, { match: [unknown.key], set: { email: ada.email.value.toUpperCase() } })
  expect(await delivery.deliverNow([change])).toEqual([{ outcome: 'superseded' }])
  expect(everybody()).toBe(before - 1)
})

it('is not brought back where she was not there when she was deleted', async () => {
  const before = everybody()
  await delivery.deliverNow([aDeletion(2, [unknown.key, unknown.email])])
  const changes = [unknown.key, unknown.email].map((entry) => at(1, { match: [entry], set: { phone: '1' } }))
  expect(await delivery.deliverNow(changes)).toEqual([{ outcome: 'superseded' }, { outcome: 'superseded' }])
  expect(everybody()).toBe(before)
})

it('is made anew by a newer upsert, with none of the old clocks, and her later changes apply', async () => {
  const early = at(1, { match: [ada.key], set: { phone: 'old', fax: 'old', firstName: 'Old' } })
  await delivery.deliverNow([early])
  await delivery.deliverNow([aDeletion(2, [ada.email])])
  const send = async (number: number, given: Partial<GivenChange>) =>
    (await delivery.deliverNow([at(number, { match: [ada.key], ...given })])).map(({ outcome }) => outcome)
  expect(await send(4, { action: 'upsert', match: [ada.key, ada.email], set: { phone: 'new' } })).toEqual([
    'created',
  ])
  expect(await send(3, { set: { phone: 'before', fax: 'before' } })).toEqual(['applied'])
  expect(await send(5, { match: [ada.email], set: { lastName: 'Later' } })).toEqual(['applied'])
  expect(await delivery.deliverNow([early])).toEqual([{ outcome: 'superseded' }])
  expect(ada.profiles()).toMatchObject([
    { cusCrmId: ada.key.value, phone: 'new', fax: 'before', firstName: '', lastName: 'Later' },
  ])
})

it('is not deleted again by the deletion that comes twice, once she was made anew', async () => {
  const deletion = aDeletion(2, [ada.key])
  await delivery.deliverNow([deletion])
  await delivery.deliverNow([at(3, { action: 'upsert', match: [ada.key, ada.email] })])
  expect(await delivery.deliverNow([deletion])).toMatchObject([{ outcome: 'parked', code: 'changed-since' }])
  expect(ada.profiles()).toHaveLength(1)
})

it.each(['key', 'email'] as const)(
  'is whole again after a replay by %s, where a person deleted her in Campaign',
  async (by) => {
    const changes = [
      at(1, { match: [ada[by]], set: { phone: '1', fax: '1' } }),
      at(2, { match: [ada[by]], set: { phone: '2' } }),
      at(3, { match: [ada[by]], set: { firstName: 'Ada' } }),
    ]
    for (const change of changes) await delivery.deliverNow([change])
    await delivery.asCampaignUser('DELETE', names.PKey.value)
    const worker = delivery.startWorker()
    for (const change of changes) await delivery.deliverNow([change], worker)
    const again = delivery.campaign.profiles().filter((one) => one[ada[by].attribute] === ada[by].value)
    expect(again).toMatchObject([{ phone: '2', fax: '1', firstName: 'Ada' }])
  },
)
