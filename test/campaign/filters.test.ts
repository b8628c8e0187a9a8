import { expect, it } from 'vitest'
import { campaignUnderTest, ext, plain } from './campaign-under-test.ts'

const held = [{ email: 'amy@mail.com' }, { email: 'Amy@mail.com' }, { email: 'amy@mail.com.au' }, {}]

it.each([
  ['byEmail', 'exact', ['amy@mail.com']],
  ['byKeysProfile', 'exact', ['amy@mail.com']],
  ['byEmail', 'ignoreCase', ['amy@mail.com', 'Amy@mail.com']],
  ['byEmail', 'prefix', ['amy@mail.com', 'amy@mail.com.au']],
] as const)('finds with %s and emailMatch %s', async (filter, emailMatch, found) => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'settings', { emailMatch })
  campaign.campaign.addProfiles(held)
  const answer = await campaign.call('GET', `${plain}/profile/${filter}?email=amy@mail.com`)
  expect(answer.status).toBe(200)
  expect(answer.json().content.map(({ email }: { email: string }) => email)).toEqual(found)
})

it('answers no hit with an empty list', async () => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.call('GET', `${plain}/profile/byEmail?email=amy@mail.com`)
  expect(answer.json().content).toEqual([])
})

it('reads + as a space and %2B as a plus', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles([{ email: 'a+b@mail.com' }])
  const found = async (email: string) =>
    (await campaign.call('GET', `${plain}/profile/byEmail?email=${email}`)).json().content.length
  expect(await found('a%2Bb%40mail.com')).toBe(1)
  expect(await found('a+b@mail.com')).toBe(0)
})

it('finds by the new email after a change, no longer by the old one', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles([{ cusCrmId: '1', email: 'old@mail.com' }, { email: 'old@mail.com' }])
  await campaign.call('PATCH', `${ext}/profile/1`, { email: 'new@mail.com' })
  const found = async (email: string) =>
    (await campaign.call('GET', `${ext}/profile/byEmail?email=${email}`))
      .json()
      .content.map(({ cusCrmId }: { cusCrmId: string }) => cusCrmId)
  expect(await found('new@mail.com')).toEqual(['1'])
  expect(await found('old@mail.com')).toEqual([''])
})

it('refuses a filter without its parameter rather than answer everybody', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles(held)
  expect((await campaign.call('GET', `${plain}/profile/byEmail`)).status).toBe(500)
})

it('knows the custom filters of the settings on profileAndServicesExt only', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'settings', {
    filters: { byLoyaltyId: { attribute: 'cusLoyaltyId', parameter: 'loyaltyId_parameter' } },
  })
  campaign.campaign.addProfiles([{ cusLoyaltyId: 'L1' }, { cusLoyaltyId: 'L10' }, {}])
  const path = 'profile/byLoyaltyId?loyaltyId_parameter=L1'
  const { content } = (await campaign.call('GET', `${ext}/${path}`)).json()
  expect(content.map(({ cusLoyaltyId }: { cusLoyaltyId: string }) => cusLoyaltyId)).toEqual(['L1'])
  expect((await campaign.call('GET', `${plain}/${path}`)).status).toBe(404)
  await campaign.control('POST', 'settings', { filters: { byLoyaltyId: null } })
  expect((await campaign.call('GET', `${ext}/${path}`)).status).toBe(404)
})

it('combines filters that follow each other by AND', async () => {
  await using campaign = await campaignUnderTest({
    settings: { filters: { byTier: { attribute: 'cusTier', parameter: 'tier_parameter' } } },
  })
  campaign.campaign.addProfiles([
    { email: 'a@b.c', cusTier: 'gold', phone: '1' },
    { email: 'a@b.c', cusTier: 'tin' },
    { email: 'd@b.c', cusTier: 'gold' },
  ])
  const path = `${ext}/profile/byTier/byEmail?tier_parameter=gold&email=a@b.c`
  expect((await campaign.call('GET', path)).json().content).toEqual([expect.objectContaining({ phone: '1' })])
})

it('takes a filter for a filter, an attribute for a projection, and only the rest for a key', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles([{ cusCrmId: 'byEmail', email: 'a@b.c' }, { cusCrmId: 'email' }])
  const filtered = await campaign.call('GET', `${ext}/profile/byEmail?email=a@b.c`)
  expect(filtered.json().content).toHaveLength(1)
  expect((await campaign.call('GET', `${ext}/profile/email`)).json().content).toEqual(['a@b.c', ''])
})
