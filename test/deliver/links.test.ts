// Custom links of the profile, in both dialects: written by PKey, and a dead one is the sender's to mend.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { mappings } from '../support/mappings.ts'
import { aPerson, type Person } from '../support/person.ts'
import { aChange } from '../support/records.ts'

const linked = {
  ...mappings,
  attributes: {
    ...mappings.attributes,
    cusReferrer: { type: 'link' },
    cusFirstReferrer: { type: 'link' },
  },
  owners: { cusFirstReferrer: 'fill' },
} as const

describe.each(['standard', 'v8'] as const)('a custom link in the dialect %s', (dialect) => {
  let delivery: Delivery
  beforeAll(async () => {
    delivery = await startDelivery({
      environment: { CAMPAIGN_DIALECT: dialect, UNMATCHED: 'create', VERIFY: 'always' },
      mappings: linked,
    })
    const link = { link: 'profile' }
    delivery.campaign.settings({ dialect, customFields: { cusReferrer: link, cusFirstReferrer: link } })
  })
  afterAll(() => delivery[Symbol.asyncDispose]())

  let ada: Person
  let bob: Person
  beforeEach(() => {
    delivery.campaign.settings({ unstablePKeys: false })
    ada = aPerson(delivery)
    bob = aPerson(delivery)
  })
  const PKeyOf = (person: Person) => String(person.profile()['PKey'])
  const gone = async (): Promise<string> => {
    const eve = aPerson(delivery)
    const PKey = PKeyOf(eve)
    await delivery.asCampaignUser('DELETE', PKey)
    return PKey
  }
  const toBob = () => expect.objectContaining({ PKey: PKeyOf(bob) })

  it('is written, read back, and found held the next time', async () => {
    const change = () => aChange({ match: [ada.key], set: { cusReferrer: PKeyOf(bob) } })
    expect(await delivery.deliverNow([change()])).toMatchObject([
      { outcome: 'applied', changed: ['cusReferrer'], verified: true },
    ])
    expect(ada.profile()['cusReferrer']).toEqual(toBob())
    const later = { ...change(), occurredAt: Date.parse('2026-11-22T09:30:00Z') }
    expect(await delivery.outcomesOf([later])).toMatchObject([{ outcome: 'unchanged' }])
  })

  it('comes with a profile that is created', async () => {
    const key = { attribute: 'cusCrmId', value: `new-${dialect}` }
    const change = aChange({ match: [key], set: { cusReferrer: PKeyOf(bob) } })
    expect(await delivery.outcomesOf([change])).toMatchObject([{ outcome: 'created' }])
    const created = delivery.campaign.profiles().find(({ cusCrmId }) => cusCrmId === key.value)
    expect(created?.['cusReferrer']).toEqual(toBob())
  })

  it('is filled where there is none, and left where there is one', async () => {
    const to = (person: Person) => aChange({ match: [ada.key], set: { cusFirstReferrer: PKeyOf(person) } })
    expect(await delivery.deliverNow([to(bob)])).toMatchObject([{ outcome: 'applied' }])
    expect(await delivery.deliverNow([to(aPerson(delivery))])).toMatchObject([{ outcome: 'superseded' }])
    expect(ada.profile()['cusFirstReferrer']).toEqual(toBob())
  })

  it.each([
    ['to a record that is gone', gone],
    ['that Campaign cannot have made', async (): Promise<string> => '@none'],
  ] as const)('%s is parked, and hurts neither the profile nor what came with it', async (_name, PKey) => {
    const before = delivery.campaign.profiles().length
    const changes = [
      aChange({ match: [ada.key], set: { cusReferrer: await PKey() } }),
      aChange({ match: [ada.key], set: { phone: '1' } }),
    ]
    expect(await delivery.outcomesOf(changes)).toMatchObject([
      { outcome: 'parked', code: 'value-refused' },
      { outcome: 'applied' },
    ])
    expect(ada.profile()).toMatchObject({ cusReferrer: null, phone: '1' })
    expect(delivery.campaign.profiles()).toHaveLength(before)
  })

  it('to a record that is gone is parked and creates nobody', async () => {
    const match = [{ attribute: 'cusCrmId', value: `nobody-${dialect}` }] as const
    const changes = [await gone(), '@none'].map((cusReferrer) => aChange({ match, set: { cusReferrer } }))
    for (const change of changes) {
      expect(await delivery.outcomesOf([change])).toMatchObject([
        { outcome: 'parked', code: 'value-refused' },
      ])
    }
    const created = delivery.campaign.profiles().filter(({ cusCrmId }) => cusCrmId === match[0].value)
    expect(created).toEqual([])
  })

  it('does not hide that the profile itself is gone, or named by no key', async () => {
    const set = { cusReferrer: PKeyOf(bob) }
    const byPKey = (value: string) => aChange({ match: [{ attribute: 'PKey', value }], set })
    expect(await delivery.deliverNow([byPKey('@none')])).toMatchObject([
      { outcome: 'parked', code: 'key-malformed' },
    ])
    const nobody = byPKey(await gone())
    expect(await delivery.deliverNow([nobody])).toMatchObject([{ outcome: 'unmatched' }])
  })

  it('is written again, unverified, where each answer names a record anew', async () => {
    const change = () => aChange({ match: [ada.key], set: { cusReferrer: PKeyOf(bob) } })
    await delivery.deliverNow([change()])
    delivery.campaign.settings({ unstablePKeys: true })
    const later = { ...change(), occurredAt: Date.parse('2026-11-22T09:30:00Z') }
    expect(await delivery.deliverNow([later])).toMatchObject([{ outcome: 'applied', verified: false }])
    expect(ada.profile()['cusReferrer']).toMatchObject({ title: bob.profile()['title'] })
  })
})
