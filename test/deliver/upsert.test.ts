// A change that asks for its profile: what it finds it completes, what it does not find it makes.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Change } from '../../functions/change/change.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson } from '../support/person.ts'
import { aChange, type GivenChange } from '../support/records.ts'

const minute = (number: number) => Date.parse('2026-11-22T09:00:00Z') + number * 60_000
const anUpsert = (given: GivenChange): Change => aChange({ action: 'upsert', ...given })

describe.each(['standard', 'v8'] as const)('an upsert (%s)', (dialect) => {
  let delivery: Delivery
  beforeAll(async () => {
    delivery = await startDelivery({ environment: { CAMPAIGN_DIALECT: dialect, VERIFY: 'never' } })
    delivery.campaign.settings({ dialect })
    await delivery.deliverNow([aChange({ match: [aPerson(delivery).key], set: { phone: '1' } })])
  })
  afterAll(() => delivery[Symbol.asyncDispose]())

  let number = 0
  const nobody = () => {
    number += 1
    return [
      { attribute: 'cusCrmId', value: `new-${number}` },
      { attribute: 'email', value: `new-${number}@example.com` },
    ] as const
  }
  let seen = 0
  beforeEach(() => {
    seen = delivery.campaign.requests().length
  })
  const methods = () =>
    delivery.campaign
      .requests()
      .slice(seen)
      .map(({ method }) => method)
  const profilesBy = ({ attribute, value }: { attribute: string; value: string }) =>
    delivery.campaign.profiles().filter((one) => one[attribute] === value)

  it('fills the key of a profile that is found by its email', async () => {
    const [key, email] = nobody()
    delivery.campaign.addProfiles([{ email: email.value, phone: 'old' }])
    const change = anUpsert({ match: [key, email], set: { phone: '1' } })
    expect(await delivery.deliverNow([change])).toMatchObject([
      { outcome: 'applied', changed: ['cusCrmId', 'phone'] },
    ])
    expect(profilesBy(email)).toMatchObject([{ cusCrmId: key.value, phone: '1' }])
    expect(methods()).toEqual(['GET', 'GET', 'PATCH', 'PATCH'])
  })

  it('fills the email of a profile that is found by its key, and leaves another email alone', async () => {
    const [key, email] = nobody()
    const [otherKey, otherEmail] = nobody()
    delivery.campaign.addProfiles([
      { cusCrmId: key.value },
      { cusCrmId: otherKey.value, email: 'kept@example.com' },
    ])
    await delivery.deliverNow([
      anUpsert({ match: [key, email], set: { phone: '1' } }),
      anUpsert({ match: [otherKey, otherEmail], set: { phone: '2' } }),
    ])
    expect(profilesBy(key)).toMatchObject([{ email: email.value, phone: '1' }])
    expect(profilesBy(otherKey)).toMatchObject([{ email: 'kept@example.com', phone: '2' }])
  })

  it('takes two calls where the profile is complete, one by its key alone, and none to repeat nothing', async () => {
    const ada = aPerson(delivery)
    await delivery.deliverNow([anUpsert({ match: [ada.key, ada.email], set: { phone: '1' } })])
    expect(ada.calls()).toBe(2)
    await delivery.deliverNow([anUpsert({ match: [ada.key], set: { fax: '1' } })])
    expect(ada.calls()).toBe(3)
  })

  it('is ambiguous where its entries name two profiles, and touches neither', async () => {
    const [ada, bob] = [aPerson(delivery), aPerson(delivery)]
    const keyless = nobody()[1]
    delivery.campaign.addProfiles([{ email: keyless.value }])
    const changes = [
      anUpsert({ match: [nobody()[0], bob.email], set: { phone: '1' } }),
      anUpsert({ match: [keyless, ada.key], set: { phone: '2' } }),
    ]
    const outcomes = await delivery.deliverNow(changes)
    expect(outcomes).toMatchObject([{ outcome: 'ambiguous' }, { outcome: 'ambiguous' }])
    expect(profilesBy(keyless)).toMatchObject([{ cusCrmId: '', phone: '' }])
    expect([ada.profile(), bob.profile()]).toMatchObject([{ phone: '' }, { phone: '' }])
  })

  it('is ambiguous where the email it would fill is that of somebody else, who is still found by it', async () => {
    const [[key, email], [otherKey, shared]] = [nobody(), nobody()]
    delivery.campaign.addProfiles([{ cusCrmId: key.value }, { email: email.value }])
    delivery.campaign.addProfiles([
      { cusCrmId: otherKey.value },
      { email: shared.value },
      { email: shared.value },
    ])
    const outcomes = await delivery.deliverNow([
      anUpsert({ match: [key, email], set: { phone: '1' } }),
      anUpsert({ match: [otherKey, shared], set: { phone: '1' } }),
    ])
    expect(outcomes).toMatchObject([{ outcome: 'ambiguous' }, { outcome: 'ambiguous' }])
    expect(profilesBy(key)).toMatchObject([{ email: '', phone: '' }])
    const optOut = aChange({ match: [email], set: { blackListEmail: true } })
    expect(await delivery.deliverNow([optOut])).toMatchObject([{ outcome: 'applied' }])
  })

  it('is not overwritten by an older change that was matched before the key was filled', async () => {
    const [key, email] = nobody()
    delivery.campaign.addProfiles([{ email: email.value }])
    const other = delivery.startWorker()
    await delivery.deliverNow([aChange({ match: [email], set: { fax: '1' }, occurredAt: minute(1) })], other)
    await delivery.deliverNow([
      anUpsert({ match: [key, email], set: { phone: 'new' }, occurredAt: minute(3) }),
    ])
    const older = aChange({ match: [email], set: { phone: 'old' }, occurredAt: minute(2) })
    expect(await delivery.deliverNow([older], other)).toEqual([{ outcome: 'superseded' }])
    expect(profilesBy(email)).toMatchObject([{ cusCrmId: key.value, phone: 'new', fax: '1' }])
  })

  it('hands on what was written before the key was filled: an older change by the key changes nothing', async () => {
    const [key, email] = nobody()
    delivery.campaign.addProfiles([{ email: email.value }])
    await delivery.deliverNow([aChange({ match: [email], set: { phone: 'new' }, occurredAt: minute(3) })])
    await delivery.deliverNow([anUpsert({ match: [key, email], set: { fax: '1' }, occurredAt: minute(4) })])
    const older = aChange({ match: [key], set: { phone: 'old' }, occurredAt: minute(2) })
    expect(await delivery.deliverNow([older])).toEqual([{ outcome: 'superseded' }])
    expect(profilesBy(key)).toMatchObject([{ phone: 'new' }])
  })

  it('by its key alone and without a value makes the profile where there is none', async () => {
    const [key] = nobody()
    const ends = [
      ...(await delivery.deliverNow([anUpsert({ match: [key] })])),
      ...(await delivery.deliverNow([anUpsert({ match: [key] })])),
    ]
    expect(ends).toMatchObject([{ outcome: 'created', changed: [] }, { outcome: 'unchanged' }])
    expect(profilesBy(key)).toHaveLength(1)
  })

  it('ends where only a key was filled as applied', async () => {
    const [key, email] = nobody()
    delivery.campaign.addProfiles([{ email: email.value }])
    const changes = [anUpsert({ match: [email, key] }), anUpsert({ match: [email, key] })]
    expect(await delivery.deliverNow(changes)).toMatchObject([
      { outcome: 'applied', changed: ['cusCrmId'] },
      { outcome: 'unchanged' },
    ])
  })

  it('ends where a profile is named and nothing has to be written as unchanged', async () => {
    const ada = aPerson(delivery)
    const change = anUpsert({ match: [ada.key, ada.email] })
    expect(await delivery.deliverNow([change])).toMatchObject([{ outcome: 'unchanged' }])
  })
})
