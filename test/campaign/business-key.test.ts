import { expect, it } from 'vitest'
import { campaignUnderTest, ext, plain } from './campaign-under-test.ts'

it('reads and patches by business key on profileAndServicesExt', async () => {
  await using campaign = await campaignUnderTest()
  const [profile] = campaign.campaign.addProfiles([{ cusCrmId: 'C-1' }, { cusCrmId: 'C-2' }])
  const answer = await campaign.call('PATCH', `${ext}/profile/C-1`, { cusCrmId: 'C-1', cusTier: 'gold' })
  expect(answer.json().PKey).toBe(profile?.['PKey'])
  expect((await campaign.call('GET', `${ext}/profile/C-1`)).json().cusTier).toBe('gold')
  expect(campaign.campaign.profiles().map(({ cusTier }) => cusTier)).toEqual(['gold', ''])
})

it('knows no business key on profileAndServices', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles([{ cusCrmId: 'C-1' }])
  expect((await campaign.call('PATCH', `${plain}/profile/C-1`, { phone: '1' })).status).toBe(404)
  expect(campaign.campaign.profiles()[0]?.['phone']).toBe('')
})

it('answers an unknown business key with 404 and never creates by PATCH', async () => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.call('PATCH', `${ext}/profile/C-9`, { phone: '1' })
  expect(answer.status).toBe(404)
  expect(answer.text).toBe(
    'RST-360011 An error has occurred - please contact your administrator.\n' +
      "Unable to find document with path 'Profile' from key 'C-9:0' (document with schema 'profile' and name 'C-9')",
  )
  expect(campaign.campaign.profiles()).toEqual([])
})

it('refuses to change the key through the URL of the key', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles([{ cusCrmId: 'C-1' }])
  const answer = await campaign.call('PATCH', `${ext}/profile/C-1`, { cusCrmId: 'C-2', phone: '1' })
  expect(answer.status).toBe(500)
  expect(answer.text).toContain("Cannot update key 'C-1' to 'C-2'.")
  expect(campaign.campaign.profiles()[0]).toMatchObject({ cusCrmId: 'C-1', phone: '' })
})

it('lets the key be changed through the PKey unless it is taken', async () => {
  await using campaign = await campaignUnderTest()
  const [first] = campaign.campaign.addProfiles([{ cusCrmId: 'C-1' }, { cusCrmId: 'C-2' }])
  const patch = (cusCrmId: string) =>
    campaign.call('PATCH', `${ext}/profile/${first?.['PKey']}`, { cusCrmId })
  const taken = await patch('C-2')
  expect(taken.status).toBe(500)
  expect(taken.text).toContain("A 'Profile' with the same key 'C-2' already exists.\nPGS-220000 ")
  expect((await patch('C-3')).status).toBe(200)
  expect((await campaign.call('GET', `${ext}/profile/C-3`)).json().PKey).toBe(first?.['PKey'])
  expect((await campaign.call('GET', `${ext}/profile/C-1`)).status).toBe(404)
})

it('refuses a second profile with the same key but not with an empty one', async () => {
  await using campaign = await campaignUnderTest()
  const post = async (body: unknown) => (await campaign.call('POST', `${ext}/profile`, body)).status
  expect(await post({ cusCrmId: 'C-1' })).toBe(201)
  expect(await post({ cusCrmId: 'C-1' })).toBe(500)
  expect(await post({ email: 'a@b.c' })).toBe(201)
  expect(await post({ email: 'a@b.c' })).toBe(201)
  expect(campaign.campaign.profiles()).toHaveLength(3)
})

it('takes another attribute as key when the setting says so', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles([{ cusCrmId: 'C-1', cusLoyaltyId: 'L-1' }])
  await campaign.control('POST', 'settings', { businessKey: 'cusLoyaltyId' })
  expect((await campaign.call('GET', `${ext}/profile/L-1`)).json().cusCrmId).toBe('C-1')
  expect((await campaign.call('GET', `${ext}/profile/C-1`)).status).toBe(404)
  await campaign.control('POST', 'settings', { businessKey: null })
  expect((await campaign.call('GET', `${ext}/profile/L-1`)).status).toBe(404)
})

it('does not take a field as key that two profiles share, or that is no custom text', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles([{ cusLoyaltyId: 'L-1' }, { cusLoyaltyId: 'L-1' }])
  for (const businessKey of ['cusLoyaltyId', 'cusScore', 'cusNothing', 'email']) {
    const answer = await campaign.control('POST', 'settings', { businessKey })
    expect(answer.status).toBe(400)
    expect(answer.json().error).toContain('businessKey')
  }
  expect(campaign.campaign.settings().businessKey).toBe('cusCrmId')
})
