// Profiles found by a custom filter of the instance: asked for in each dialect's words, believed only to the letter.
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { changeClock } from '../../functions/change/clock.ts'
import { createDynamodbLedger } from '../../functions/deliver/ledger/dynamodb-ledger.ts'
import { createPseudonym } from '../../functions/runtime/pseudonym.ts'
import { realTime } from '../../functions/runtime/time.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { mappings } from '../support/mappings.ts'
import { aPerson, type Person } from '../support/person.ts'
import { aChange } from '../support/records.ts'

const filters = {
  cusLoyaltyId: { name: 'byLoyaltyId', parameter: 'loyaltyId_parameter' },
  externalId: { name: 'byOtherSystem', parameter: 'id' },
}
const declared = { byLoyaltyId: { attribute: 'cusLoyaltyId', parameter: 'loyaltyId_parameter' } }
const published = { ...declared, byOtherSystem: { attribute: 'externalId', parameter: 'id' } }

let made = 0
const aLoyaltyId = () => {
  made += 1
  return { attribute: 'cusLoyaltyId', value: `L/${made}` }
}

describe.each([
  ['standard', 'byLoyaltyId'],
  ['v8', 'loyaltyId'],
] as const)('by a custom filter in the dialect %s', (dialect, filterName) => {
  let delivery: Delivery
  beforeAll(async () => {
    delivery = await startDelivery({
      environment: { CAMPAIGN_DIALECT: dialect, UNMATCHED: 'park' },
      mappings: { ...mappings, filters },
    })
  })
  afterAll(() => delivery[Symbol.asyncDispose]())

  const path = `/local-tenant/campaign/profileAndServicesExt/profile/${filterName}`
  const minute = (number: number) => Date.parse('2026-11-22T09:00:00Z') + number * 60_000
  let loyaltyId: ReturnType<typeof aLoyaltyId>
  let ada: Person
  beforeEach(() => {
    delivery.campaign.settings({
      dialect,
      filters: published,
      missingParameter: 'refuse',
      bigTableThreshold: 100_000,
    })
    loyaltyId = aLoyaltyId()
    ada = aPerson(delivery, { cusLoyaltyId: loyaltyId.value })
  })

  it('asks as this dialect calls the filter, with the value as one parameter, and writes to whom it found', async () => {
    expect(await delivery.deliverNow([aChange({ match: [loyaltyId], set: { phone: '1' } })])).toMatchObject([
      { outcome: 'applied', changed: ['phone'] },
    ])
    expect(ada.requests().map(({ method, path: asked }) => `${method} ${asked}`)).toEqual([
      `GET ${path}?loyaltyId_parameter=${encodeURIComponent(loyaltyId.value)}&_forcePagination=true`,
      `PATCH /local-tenant/campaign/profileAndServicesExt/profile/${ada.profile()['PKey']}`,
    ])
    expect(ada.profile()['phone']).toBe('1')
  })

  it('finds by a stock attribute too', async () => {
    const externalId = { attribute: 'externalId', value: loyaltyId.value }
    const eve = aPerson(delivery, { externalId: externalId.value })
    await delivery.deliverNow([aChange({ match: [externalId], set: { phone: '2' } })])
    expect(eve.profile()['phone']).toBe('2')
  })

  it('finds a value with every awkward character, and nobody else', async () => {
    const ids = [
      'a/b',
      ' a b ',
      'a?b',
      'a#b',
      'a%2Fb',
      'Łódź 🚀',
      'a+b',
      'a&b=c',
      "o'neil",
      '@x',
      '..',
      'byEmail',
    ]
    const { campaign } = delivery
    campaign.addProfiles(ids.map((cusLoyaltyId) => ({ cusLoyaltyId, middleName: dialect })))
    for (const [position, value] of ids.entries()) {
      const match = [{ attribute: 'cusLoyaltyId', value }] as const
      const change = aChange({ match, set: { salutation: `${position}` } })
      expect(await delivery.deliverNow([change]), value).toMatchObject([{ outcome: 'applied' }])
    }
    const greeted = campaign.profiles().filter(({ middleName }) => middleName === dialect)
    expect(greeted.map(({ salutation }) => salutation)).toEqual(ids.map((_, position) => `${position}`))
  })

  it('takes the value to the letter, over all pages, where Campaign does not heed the parameter', async () => {
    const { campaign } = delivery
    const [upper, lower] = [loyaltyId, { ...loyaltyId, value: loyaltyId.value.toLowerCase() }]
    campaign.addProfiles(Array.from({ length: 30 }, (_, n) => ({ cusLoyaltyId: `${lower.value}${n}` })))
    campaign.addProfiles([{ cusLoyaltyId: lower.value, fax: 'lower' }])
    campaign.settings({
      missingParameter: 'ignore',
      bigTableThreshold: 1,
      filters: { byLoyaltyId: { attribute: 'cusLoyaltyId', parameter: 'another' } },
    })
    await delivery.deliverNow([aChange({ match: [lower], set: { phone: 'lower' } })])
    await delivery.deliverNow([aChange({ match: [upper], set: { phone: 'upper' } })])
    const called = campaign.profiles().filter(({ phone }) => phone === 'lower' || phone === 'upper')
    expect(called.map(({ cusLoyaltyId, phone }) => [cusLoyaltyId, phone])).toEqual([
      [upper.value, 'upper'],
      [lower.value, 'lower'],
    ])
    expect(ada.calls('GET')).toBeGreaterThanOrEqual(4)
  })

  it('is unmatched where nobody holds the value', async () => {
    const match = [aLoyaltyId()] as const
    expect(await delivery.deliverNow([aChange({ match, set: { phone: '3' } })])).toMatchObject([
      { outcome: 'unmatched' },
    ])
  })

  it('is ambiguous where two hold the value, and touches neither', async () => {
    delivery.campaign.addProfiles([{ cusLoyaltyId: loyaltyId.value }])
    const change = aChange({ match: [loyaltyId], set: { phone: '4' } })
    expect(await delivery.deliverNow([change])).toMatchObject([{ outcome: 'ambiguous' }])
    expect(ada.calls('PATCH')).toBe(0)
  })

  it('is ambiguous when the profile of a later email holds another value, be it shown or remembered', async () => {
    for (const set of [{ phone: '5' }, { fax: '5' }]) {
      const change = aChange({ match: [aLoyaltyId(), ada.email], set })
      expect(await delivery.deliverNow([change])).toMatchObject([{ outcome: 'ambiguous' }])
    }
    expect(ada.calls('PATCH')).toBe(0)
  })

  it('goes on to a later entry whose profile holds no value at all', async () => {
    const eve = aPerson(delivery)
    const change = aChange({ match: [aLoyaltyId(), eve.email], set: { phone: '6' } })
    expect(await delivery.deliverNow([change])).toMatchObject([{ outcome: 'applied' }])
    expect(eve.profile()['phone']).toBe('6')
  })

  it('is ambiguous when the profile it finds holds another email than an earlier entry names', async () => {
    const match = [{ attribute: 'email', value: 'not-hers@example.com' }, loyaltyId] as const
    const change = aChange({ match, set: { phone: '7' } })
    expect(await delivery.deliverNow([change])).toMatchObject([{ outcome: 'ambiguous' }])
  })

  it('takes one call while the match is remembered, and asks again for every change of consent', async () => {
    for (const set of [{ phone: '8' }, { fax: '8' }, { blackListEmail: true }]) {
      await delivery.deliverNow([aChange({ match: [loyaltyId], set })])
    }
    expect(ada.requests().map(({ method }) => method)).toEqual(['GET', 'PATCH', 'PATCH', 'GET', 'PATCH'])
  })

  it('forgets whom a value named when it is given to somebody else', async () => {
    const bob = aPerson(delivery)
    const send = (match: typeof loyaltyId, set: object, at: number) =>
      delivery.deliverNow([aChange({ match: [match], set: { ...set }, occurredAt: minute(at) })])
    await send(loyaltyId, { phone: '9' }, 1)
    await send(bob.key, { cusLoyaltyId: loyaltyId.value }, 2)
    expect(await send(loyaltyId, { fax: '9' }, 3)).toMatchObject([{ outcome: 'ambiguous' }])
    await send(ada.key, { cusLoyaltyId: aLoyaltyId().value }, 4)
    expect(await send(loyaltyId, { fax: '9' }, 5)).toMatchObject([{ outcome: 'applied' }])
    expect(bob.profile()['fax']).toBe('9')
  })

  it('forgets what a remembered profile held when that is rewritten', async () => {
    const before = aChange({ match: [loyaltyId, ada.email], set: { phone: '10' }, occurredAt: minute(1) })
    await delivery.deliverNow([aChange({ match: [ada.email], set: { fax: '10' } })])
    expect(await delivery.deliverNow([before])).toMatchObject([{ outcome: 'applied' }])
    await delivery.deliverNow([aChange({ match: [ada.key], set: { cusLoyaltyId: aLoyaltyId().value } })])
    const after = aChange({ match: [loyaltyId, ada.email], set: { phone: '11' }, occurredAt: minute(2) })
    expect(await delivery.deliverNow([after])).toMatchObject([{ outcome: 'ambiguous' }])
  })

  it('supersedes a change that is not newer than the erasure of whom the value named, before it asks', async () => {
    const clients = delivery.standIns.clients()
    const secret = await clients.secretsManager.send(new GetSecretValueCommand({ SecretId: 'pseudonym' }))
    const identity = createPseudonym(secret.SecretString ?? '')(loyaltyId.attribute, loyaltyId.value)
    const change = aChange({ match: [loyaltyId], set: { phone: '12' } })
    await createDynamodbLedger(clients.dynamodb, 'ledger', realTime).bury(identity, changeClock(change))
    expect(await delivery.deliverNow([change])).toEqual([{ outcome: 'superseded' }])
    expect(ada.calls()).toBe(0)
  })

  it.each([
    ['does not know the filter', null, 'endpoint-unknown'],
    ['misses another parameter', { attribute: 'cusLoyaltyId', parameter: 'other' }, 'unavailable'],
  ] as const)('waits and parks nothing while Campaign %s', async (_name, byLoyaltyId, code) => {
    delivery.campaign.settings({ filters: { byLoyaltyId } })
    const { parked } = await delivery.standIns.queueCounts()
    const change = aChange({ match: [loyaltyId, ada.email], set: { phone: '13' } })
    expect(await delivery.outcomesOf([change])).toMatchObject([{ outcome: 'deferred', code }])
    expect((await delivery.standIns.queueCounts()).parked).toEqual(parked)
    delivery.campaign.settings({ filters: published })
    expect(await delivery.outcomesOf([change])).toMatchObject([{ outcome: 'applied' }])
  })

  it.each([
    ['a URL that it does not know', { status: 404, body: 'Error rc=-2003' }, 'parked', 'key-malformed'],
    [
      'nothing it explains',
      { status: 500, body: 'An error has occurred.' },
      'deferred',
      'refused-unexplained',
    ],
  ] as const)(
    'blames the value where the filter answers another: of %s',
    async (_name, answer, outcome, code) => {
      const asked = `${path}?loyaltyId_parameter=${encodeURIComponent(loyaltyId.value)}`
      delivery.campaign.addFaults([{ match: { path: asked }, times: 1, answer }])
      const change = aChange({ match: [loyaltyId], set: { phone: '14' } })
      expect(await delivery.deliverNow([change])).toMatchObject([{ outcome, code }])
      expect(ada.calls()).toBe(2)
    },
  )
})

it('lets a change wait that was queued while mappings.ts had a filter which it no longer has', async () => {
  await using delivery = await startDelivery()
  const loyaltyId = aLoyaltyId()
  aPerson(delivery, { cusLoyaltyId: loyaltyId.value })
  const change = aChange({ match: [loyaltyId], set: { phone: '1' } })
  expect(await delivery.deliverNow([change])).toMatchObject([
    { outcome: 'deferred', code: 'endpoint-unknown' },
  ])
})
