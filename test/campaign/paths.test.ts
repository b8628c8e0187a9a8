import { expect, it } from 'vitest'
import { campaignUnderTest, ext, plain } from './campaign-under-test.ts'

it.each([
  `${ext}/profile/`,
  `${ext}/profile.json`,
  `${ext}//profile`,
  '//acme//campaign//profileAndServicesExt/profile//',
])('lists profiles at %s', async (path) => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles([{ email: 'a@b.c' }])
  const answer = await campaign.call('GET', path)
  expect(answer.status).toBe(200)
  expect(answer.json().content).toHaveLength(1)
})

it('decodes the key in the path', async () => {
  await using campaign = await campaignUnderTest()
  const [profile] = campaign.campaign.addProfiles([{ cusCrmId: 'a/b c@d' }])
  const byKey = await campaign.call('GET', `${ext}/profile/a%2Fb%20c%40d`)
  expect(byKey.json().PKey).toBe(profile?.['PKey'])
  const byPKey = await campaign.call('GET', `${ext}/profile/${String(profile?.['PKey']).replace('@', '%40')}`)
  expect(byPKey.json().cusCrmId).toBe('a/b c@d')
})

it.each(['..', '%2e%2e', '.'])('does not take %s for a key', async (key) => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles([{ cusCrmId: decodeURIComponent(key) }, {}])
  const answer = await campaign.call('PATCH', `${ext}/profile/${key}`, { phone: '1' })
  expect(answer.status).toBe(404)
  expect(campaign.campaign.profiles().map(({ phone }) => phone)).not.toContain('1')
})

it('survives a malformed escape', async () => {
  await using campaign = await campaignUnderTest()
  expect((await campaign.call('GET', `${ext}/profile/%zz`)).status).toBe(404)
})

it.each([
  ['GET', `${plain}/nothing`],
  ['GET', '/acme/campaign/customResources/cusOrder'],
  ['GET', `${ext}/profile/a/b`],
  ['PUT', `${ext}/profile`],
  ['PATCH', `${ext}/profile`],
  ['DELETE', `${ext}/profile`],
  ['POST', `${ext}/profile/byEmail?email=a@b.c`],
  ['POST', `${ext}/profile/email`],
] as const)('answers %s %s as a bad URL', async (method, path) => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.call(method, path)
  expect(answer.status).toBe(404)
  expect(answer.text).toBe(
    'RST-360011 An error has occurred - please contact your administrator.\nError rc=-2003',
  )
  expect(answer.headers['content-type']).toContain('text/plain')
  expect(campaign.campaign.profiles()).toEqual([])
})
