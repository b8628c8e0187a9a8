// Attributes that are only filled: written while Campaign holds nothing, the first to arrive stays.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Change, Values } from '../../functions/change/change.ts'
import type { Mappings } from '../../functions/change/mapping.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { mappings } from '../support/mappings.ts'
import { aPerson, type Person } from '../support/person.ts'
import { aChange } from '../support/records.ts'

const FILLED = ['phone', 'gender', 'preferredLanguage', 'cusScore', 'cusVip', 'location.city', 'birthDate']
const owned: Mappings = {
  ...mappings,
  owners: { ...Object.fromEntries(FILLED.map((attribute) => [attribute, 'fill'])), fax: 'newest' },
}
const minute = (number: number) => Date.parse('2026-11-22T09:00:00Z') + number * 60_000

describe.each([
  ['standard', 'never'],
  ['standard', 'always'],
  ['v8', 'never'],
  ['v8', 'always'],
] as const)('at a Campaign of the dialect %s, with VERIFY=%s', (dialect, verify) => {
  let delivery: Delivery
  let ada: Person
  beforeAll(async () => {
    delivery = await startDelivery({
      mappings: owned,
      environment: { CAMPAIGN_DIALECT: dialect, VERIFY: verify, UNMATCHED: 'park' },
    })
    delivery.campaign.settings({ dialect })
  })
  afterAll(() => delivery[Symbol.asyncDispose]())
  beforeEach(() => {
    ada = aPerson(delivery, { phone: 'kept' })
  })

  const change = (person: Person, set: Values, at = 1): Change =>
    aChange({ match: [person.key], set, occurredAt: minute(at) })
  const deliver = (...changes: readonly Change[]) => delivery.deliverNow(changes)
  const methods = (person: Person) => person.requests().map(({ method }) => method)

  it('fills what Campaign holds empty, of every type, after one look', async () => {
    const eve = aPerson(delivery)
    const set = {
      phone: '1',
      gender: 'female',
      preferredLanguage: 'fr_FR',
      cusScore: 12.5,
      cusVip: true,
      birthDate: '1985-03-10',
    }
    expect(await deliver(change(eve, set))).toMatchObject([
      { outcome: 'applied', changed: Object.keys(set), ...(verify === 'always' && { verified: true }) },
    ])
    expect(eve.profile()).toMatchObject(set)
    expect(methods(eve)).toEqual(['GET', 'PATCH', ...(verify === 'always' ? ['GET'] : [])])
  })

  it.runIf(dialect === 'standard')('fills one part of a location and leaves the others', async () => {
    const eve = aPerson(delivery, { location: { zipCode: '0150' } })
    await deliver(change(eve, { 'location.city': 'Oslo' }))
    expect(eve.profile()['location']).toMatchObject({ city: 'Oslo', zipCode: '0150' })
    expect(await deliver(change(eve, { 'location.city': 'Bergen' }, 2))).toEqual([{ outcome: 'superseded' }])
    expect(eve.profile()['location']).toMatchObject({ city: 'Oslo', zipCode: '0150' })
  })

  it('keeps what Campaign holds, of every type, and ends as superseded without a PATCH', async () => {
    const held = { phone: 'kept', gender: 'male', cusScore: 1, cusVip: true, birthDate: '1980-01-01' }
    const eve = aPerson(delivery, held)
    const set = { phone: '1', gender: 'female', cusScore: 2, cusVip: false, birthDate: '1985-03-10' }
    expect(await deliver(change(eve, set))).toEqual([{ outcome: 'superseded' }])
    expect(eve.profile()).toMatchObject(held)
    expect(methods(eve)).toEqual(['GET'])
  })

  it('writes the others beside what it keeps, and names only them', async () => {
    const [end] = await deliver(change(ada, { phone: '1', fax: '2' }))
    expect(end).toMatchObject({ outcome: 'applied', changed: ['fax'] })
    if (verify === 'always') expect(end).toMatchObject({ verified: true })
    expect(ada.profile()).toMatchObject({ phone: 'kept', fax: '2' })
  })

  it('ends as unchanged where Campaign holds the same', async () => {
    expect(await deliver(change(ada, { phone: 'kept' }))).toMatchObject([{ outcome: 'unchanged' }])
    expect(ada.calls('PATCH')).toBe(0)
  })

  it('does not clear: the first to arrive stays', async () => {
    expect(await deliver(change(ada, { phone: '' }))).toEqual([{ outcome: 'superseded' }])
    expect(ada.profile()['phone']).toBe('kept')
  })

  it('lets the first to arrive in one batch stay, whichever is the newest, by key and by email', async () => {
    const eve = aPerson(delivery)
    const byEmail = aChange({
      match: [eve.email],
      set: { phone: 'first', fax: 'old' },
      occurredAt: minute(1),
    })
    const byKey = change(eve, { phone: 'second', fax: 'new' }, 2)
    const third = change(eve, { phone: 'third' }, 3)
    expect(await deliver(byEmail, byKey, third)).toMatchObject([
      { outcome: 'applied', changed: ['phone'] },
      { outcome: 'applied', changed: ['fax'] },
      { outcome: 'superseded' },
    ])
    expect(eve.profile()).toMatchObject({ phone: 'first', fax: 'new' })
    expect(eve.calls('PATCH')).toBe(1)
  })

  it('ends as duplicate, without an engine call by key, when the very same comes again', async () => {
    const eve = aPerson(delivery)
    const once = change(eve, { phone: '1' })
    await deliver(once)
    const before = eve.calls()
    expect(await deliver(once)).toEqual([{ outcome: 'duplicate' }])
    expect(eve.calls()).toBe(before)
  })

  it('fills again, with an older value too, what a person has emptied in Campaign', async () => {
    const eve = aPerson(delivery)
    await deliver(change(eve, { phone: 'new' }, 2))
    expect(await deliver(change(eve, { phone: 'old' }, 1))).toEqual([{ outcome: 'superseded' }])
    await delivery.asCampaignUser('PATCH', String(eve.profile()['PKey']), { phone: '' })
    const old = change(eve, { phone: 'old' }, 1)
    expect(await deliver(old)).toMatchObject([{ outcome: 'applied', changed: ['phone'] }])
    expect(eve.profile()['phone']).toBe('old')
  })

  it('looks once more under the lease before it writes by email what was matched a while ago', async () => {
    const eve = aPerson(delivery)
    const byEmail = (set: Values, at: number) => aChange({ match: [eve.email], set, occurredAt: minute(at) })
    await deliver(byEmail({ fax: '1' }, 1))
    await delivery.asCampaignUser('PATCH', String(eve.profile()['PKey']), { phone: 'by a person' })
    expect(await deliver(byEmail({ phone: '1' }, 2))).toEqual([{ outcome: 'superseded' }])
    expect(eve.profile()['phone']).toBe('by a person')
  })

  it('lets one of two workers fill who have both seen it empty', async () => {
    const eve = aPerson(delivery)
    delivery.campaign.settings({ latencyMs: 50 })
    const ends = await Promise.all(
      ['1', '2'].map((phone, place) =>
        delivery.deliverNow(
          [aChange({ match: [eve.email], set: { phone }, occurredAt: minute(place) })],
          delivery.startWorker(),
        ),
      ),
    )
    delivery.campaign.settings({ latencyMs: 0 })
    expect(ends.map(([end]) => end?.outcome).toSorted()).toEqual(['applied', 'superseded'])
    expect(eve.calls('PATCH')).toBe(1)
  })

  it('keeps what a refused change of the same batch would have overtaken', async () => {
    const eve = aPerson(delivery)
    delivery.campaign.settings({ customFields: { cusTier: null } })
    const ends = await deliver(
      change(eve, { cusTier: 'gold', phone: 'first' }, 1),
      change(eve, { phone: 'second' }, 2),
    )
    delivery.campaign.settings({ customFields: { cusTier: 'string' } })
    expect(ends).toMatchObject([
      { outcome: 'parked', code: 'attribute-unknown' },
      { outcome: 'applied', changed: ['phone'] },
    ])
    expect(eve.profile()['phone']).toBe('second')
  })

  it('writes them to a profile that it creates, the first to arrive too', async () => {
    const match = [{ attribute: 'cusCrmId', value: `made-${dialect}-${verify}` }] as const
    const upsert = (phone: string, at: number) =>
      aChange({ match, action: 'upsert', set: { phone }, occurredAt: minute(at) })
    const ends = await deliver(upsert('first', 1), upsert('second', 2))
    expect(ends).toMatchObject([{ outcome: 'created', changed: ['phone'] }, { outcome: 'superseded' }])
    const made = delivery.campaign.profiles().find(({ cusCrmId }) => cusCrmId === match[0].value)
    expect(made?.['phone']).toBe('first')
    expect(await deliver(upsert('third', 3))).toEqual([{ outcome: 'superseded' }])
  })

  it('tells the same where it only observes', async () => {
    const eve = aPerson(delivery)
    const observer = delivery.startWorker({ MODE: 'observe' })
    const changes = [
      change(eve, { phone: 'first' }, 2),
      change(eve, { phone: 'second' }, 3),
      change(ada, { phone: '1' }),
    ]
    expect(await delivery.deliverNow(changes, observer)).toMatchObject([
      { outcome: 'observed', code: 'applied', changed: ['phone'] },
      { outcome: 'observed', code: 'superseded' },
      { outcome: 'observed', code: 'superseded' },
    ])
  })
})
