// Never patch the first of many, never one that only looks like it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson } from '../support/person.ts'
import { aChange } from '../support/records.ts'

let delivery: Delivery
beforeAll(async () => {
  delivery = await startDelivery({ environment: { UNMATCHED: 'park' } })
})
afterAll(() => delivery[Symbol.asyncDispose]())
beforeEach(() => {
  delivery.campaign.settings({
    emailMatch: 'exact',
    bigTableThreshold: 100_000,
    unstablePKeys: false,
    wrapSingle: false,
  })
})

const phones = () => delivery.campaign.profiles().filter(({ phone }) => phone !== '')

it('touches only the exact one where the filter answers by prefix and the right record is on page two', async () => {
  const { campaign } = delivery
  campaign.settings({ emailMatch: 'prefix', bigTableThreshold: 1 })
  campaign.addProfiles(Array.from({ length: 30 }, (_, n) => ({ email: `amy@example.com${n}` })))
  campaign.addProfiles([{ email: 'amy@example.com' }])
  const before = campaign.requests().length
  const match = { attribute: 'email', value: 'amy@example.com' }
  const [result] = await delivery.deliverNow([aChange({ match: [match], set: { phone: '1' } })])
  expect(result).toMatchObject({ outcome: 'applied' })
  expect(phones().map(({ email }) => email)).toEqual(['amy@example.com'])
  const pages = campaign.requests().slice(before)
  expect(pages.filter(({ method }) => method === 'GET').length).toBe(2)
})

it('is unmatched where the filter answers only records that begin alike', async () => {
  const { campaign } = delivery
  campaign.settings({ emailMatch: 'prefix' })
  campaign.addProfiles([{ email: 'bob@example.com.au' }])
  const match = { attribute: 'email', value: 'bob@example.com' }
  expect(await delivery.deliverNow([aChange({ match: [match], set: { phone: '2' } })])).toMatchObject([
    { outcome: 'unmatched' },
  ])
  expect(phones().filter(({ phone }) => phone === '2')).toEqual([])
})

it('takes an email for the same in whatever case Campaign holds it', async () => {
  delivery.campaign.settings({ emailMatch: 'ignoreCase' })
  const ada = aPerson(delivery)
  const match = { attribute: 'email', value: ada.email.value.toUpperCase() }
  await delivery.deliverNow([aChange({ match: [match], set: { phone: '3' } })])
  expect(ada.profile()['phone']).toBe('3')
})

it('goes on to the next match entry when the business key leads nowhere', async () => {
  const { campaign } = delivery
  campaign.addProfiles([{ email: 'keyless@example.com' }])
  const match = [
    { attribute: 'cusCrmId', value: 'not-there' },
    { attribute: 'email', value: 'keyless@example.com' },
  ] as const
  expect(await delivery.deliverNow([aChange({ match, set: { phone: '4' } })])).toMatchObject([
    { outcome: 'applied' },
  ])
  expect(
    phones()
      .filter(({ phone }) => phone === '4')
      .map(({ email }) => email),
  ).toEqual(['keyless@example.com'])
})

it('is ambiguous when the profile of a later entry holds another business key than an earlier entry names', async () => {
  const ada = aPerson(delivery)
  const match = [{ attribute: 'cusCrmId', value: 'somebody-else' }, ada.email] as const
  expect(await delivery.deliverNow([aChange({ match, set: { phone: '5' } })])).toMatchObject([
    { outcome: 'ambiguous' },
  ])
  expect(ada.profile()['phone']).toBe('')
})

it('reads the record of a later business key before it believes it, and is ambiguous when its email is another', async () => {
  const ada = aPerson(delivery)
  const match = [{ attribute: 'email', value: 'not-hers@example.com' }, ada.key] as const
  expect(await delivery.deliverNow([aChange({ match, set: { phone: '6' } })])).toMatchObject([
    { outcome: 'ambiguous' },
  ])
  expect(ada.calls('PATCH')).toBe(0)
})

it('lets a later entry decide where an earlier one finds several, if it is one of them', async () => {
  const ada = aPerson(delivery)
  delivery.campaign.addProfiles([{ email: ada.email.value }])
  const change = aChange({ match: [ada.email, ada.key], set: { phone: '7' } })
  expect(await delivery.deliverNow([change])).toMatchObject([{ outcome: 'applied' }])
  expect(ada.profiles().map(({ cusCrmId, phone }) => [cusCrmId, phone])).toEqual([
    [ada.key.value, '7'],
    ['', ''],
  ])
})

it('finds a profile by its PKey, and is unmatched when the record is gone', async () => {
  const ada = aPerson(delivery)
  const byPKey = { attribute: 'PKey', value: String(ada.profile()['PKey']) }
  const gone = { attribute: 'PKey', value: String(aPerson(delivery).profile()['PKey']) }
  await delivery.asCampaignUser('DELETE', gone.value)
  expect(await delivery.deliverNow([aChange({ match: [gone], set: { phone: '8' } })])).toMatchObject([
    { outcome: 'unmatched' },
  ])
  expect(await delivery.deliverNow([aChange({ match: [byPKey], set: { phone: '8' } })])).toMatchObject([
    { outcome: 'applied' },
  ])
  expect(ada.profile()['phone']).toBe('8')
})

it('parks a PKey that Campaign cannot read', async () => {
  const byPKey = { attribute: 'PKey', value: '@not-a-key' }
  expect(await delivery.deliverNow([aChange({ match: [byPKey], set: { phone: '9' } })])).toMatchObject([
    { outcome: 'parked', code: 'key-malformed' },
  ])
})

it('matches once more when the record it remembered is gone', async () => {
  const ada = aPerson(delivery)
  const { campaign } = delivery
  await delivery.deliverNow([aChange({ match: [ada.email], set: { phone: '10' } })])
  campaign.reset()
  campaign.addProfiles([{ email: ada.email.value }])
  expect(await delivery.deliverNow([aChange({ match: [ada.email], set: { fax: '10' } })])).toMatchObject([
    { outcome: 'applied' },
  ])
  expect(ada.profile()['fax']).toBe('10')
})

it('forgets whom an email named when the email is given to somebody else', async () => {
  const ada = aPerson(delivery)
  const bob = aPerson(delivery)
  await delivery.deliverNow([aChange({ match: [ada.email], set: { phone: '11' } })])
  await delivery.deliverNow([aChange({ match: [ada.key], set: { email: 'ada-is-new@example.com' } })])
  await delivery.deliverNow([aChange({ match: [bob.key], set: { email: ada.email.value } })])
  await delivery.deliverNow([aChange({ match: [ada.email], set: { fax: '11' } })])
  const faxed = delivery.campaign.profiles().filter(({ fax }) => fax === '11')
  expect(faxed.map(({ cusCrmId }) => cusCrmId)).toEqual([bob.key.value])
})

it('applies to the same record where every answer names it by a new PKey and wraps it', async () => {
  delivery.campaign.settings({ unstablePKeys: true, wrapSingle: true })
  const ada = aPerson(delivery)
  const worker = delivery.startWorker({ VERIFY: 'always' })
  for (const [match, phone] of [
    [ada.email, '12'],
    [ada.key, '13'],
    [ada.email, '14'],
  ] as const) {
    const minute = `2026-11-22T09:${phone}:00.000Z`
    const change = aChange({ match: [match], set: { phone }, occurredAt: Date.parse(minute) })
    expect(await delivery.deliverNow([change], worker)).toMatchObject([
      { outcome: 'applied', verified: true },
    ])
  }
  expect(ada.profile()['phone']).toBe('14')
})

it('never follows an href off Campaign’s own origin', async () => {
  const ada = aPerson(delivery)
  const path = '/local-tenant/campaign/profileAndServicesExt/profile/byEmail'
  const body = JSON.stringify({ content: [], next: { href: 'http://127.0.0.1:1/elsewhere' } })
  delivery.campaign.addFaults([{ match: { path }, times: 1, answer: { status: 200, body } }])
  expect(await delivery.deliverNow([aChange({ match: [ada.email], set: { phone: '15' } })])).toMatchObject([
    { outcome: 'deferred', code: 'href-refused' },
  ])
})

it('addresses a key with every awkward character as the one record it is', async () => {
  const { campaign } = delivery
  const keys = ['a/b', 'a b', 'a?b', 'a#b', 'a%2Fb', 'Łódź', 'a+b', 'a&b=c', "o'neil", 'a;b', '%']
  campaign.addProfiles(keys.map((cusCrmId) => ({ cusCrmId })))
  for (const value of keys) {
    const change = aChange({ match: [{ attribute: 'cusCrmId', value }], set: { salutation: 'Dr' } })
    expect(await delivery.deliverNow([change]), value).toMatchObject([{ outcome: 'applied' }])
    const touched = campaign.profiles().filter(({ salutation }) => salutation === 'Dr')
    expect(touched.map(({ cusCrmId }) => cusCrmId)).toContain(value)
  }
  expect(campaign.profiles().filter(({ salutation }) => salutation === 'Dr')).toHaveLength(keys.length)
})

describe('when key and email have moved to another record in Campaign since an email was looked up', () => {
  it.each(['email', 'key'] as const)('an opt-out by %s goes to the record that has them now', async (by) => {
    const old = aPerson(delivery)
    const master = aPerson(delivery)
    const worker = delivery.startWorker()
    await delivery.deliverNow([aChange({ match: [old.email], set: { phone: '1' } })], worker)
    const oldPKey = String(old.profile()['PKey'])
    const masterPKey = String(master.profile()['PKey'])
    await delivery.asCampaignUser('PATCH', oldPKey, {
      cusCrmId: `${old.key.value}-old`,
      email: 'moved@example.com',
    })
    await delivery.asCampaignUser('PATCH', masterPKey, { cusCrmId: old.key.value, email: old.email.value })
    await delivery.deliverNow(
      [
        aChange({ match: [old.email], set: { fax: '2' } }),
        aChange({ match: [old[by]], set: { blackListEmail: true } }),
      ],
      worker,
    )
    const optedOut = delivery.campaign.profiles().filter((one) => one['blackListEmail'] === true)
    expect(optedOut.map(({ PKey }) => PKey)).toContain(masterPKey)
    expect(optedOut.map(({ PKey }) => PKey)).not.toContain(oldPKey)
  })
})

it('takes a record that is shown on two pages for one', async () => {
  const ada = aPerson(delivery)
  const path = '/local-tenant/campaign/profileAndServicesExt/profile/byEmail'
  const { PKey } = ada.profile()
  const page = (more: object) => JSON.stringify({ content: [{ PKey, email: ada.email.value }], ...more })
  const next = { href: `${delivery.campaignUrl}${path}?email=x&page=2` }
  delivery.campaign.addFaults([
    { match: { path }, times: 1, answer: { status: 200, body: page({ next }) } },
    { match: { path }, times: 1, answer: { status: 200, body: page({}) } },
  ])
  const [result] = await delivery.deliverNow([aChange({ match: [ada.email], set: { phone: '16' } })])
  expect(result).toMatchObject({ outcome: 'applied' })
})

it('never believes a page in which a record cannot be read, nor one that leads back to itself', async () => {
  const ada = aPerson(delivery)
  const path = '/local-tenant/campaign/profileAndServicesExt/profile/byEmail'
  const href = `${delivery.campaignUrl}${path}?email=x&page=2`
  for (const body of [{ content: [{ email: ada.email.value }] }, { content: [], next: { href } }]) {
    const answer = { status: 200, body: JSON.stringify(body) }
    delivery.campaign.addFaults([{ match: { path }, times: 3, answer }])
    const [result] = await delivery.deliverNow([aChange({ match: [ada.email], set: { phone: '17' } })])
    expect(result).toMatchObject({ outcome: 'deferred', code: 'unavailable' })
    delivery.campaign.setFaults([])
  }
})

it('does not believe a record that has another key than the one asked for', async () => {
  const ada = aPerson(delivery)
  const path = '/local-tenant/campaign/profileAndServicesExt/profile/asked-for'
  const body = JSON.stringify({ PKey: ada.profile()['PKey'], cusCrmId: ada.key.value })
  delivery.campaign.addFaults([{ match: { method: 'GET', path }, answer: { status: 200, body } }])
  const match = [{ attribute: 'cusCrmId', value: 'asked-for' }] as const
  const worker = delivery.startWorker({ VERIFY: 'always' })
  expect(await delivery.deliverNow([aChange({ match, set: { phone: '18' } })], worker)).toMatchObject([
    { outcome: 'unmatched' },
  ])
  expect(ada.profile()['phone']).toBe('')
})
