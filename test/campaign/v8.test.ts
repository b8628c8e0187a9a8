// What Campaign v8 answers otherwise: the rows of AdobeDocs campaign.en limitations, one test each.
import { expect, it } from 'vitest'
import type { SettingsChange } from '../../infra/local/campaign/settings.ts'
import { campaignUnderTest, ext, pathOf, plain } from './campaign-under-test.ts'
import { manualTime } from './manual-time.ts'

const collapsed = 'An error has occurred - please contact your administrator.'
const v8 = (settings: SettingsChange = {}) => campaignUnderTest({ settings: { dialect: 'v8', ...settings } })

it('calls custom filters without by, and no longer with it', async () => {
  await using campaign = await v8({
    filters: {
      byLoyaltyId: { attribute: 'cusLoyaltyId', parameter: 'loyaltyId_parameter' },
      tier: { attribute: 'cusTier', parameter: 'tier_parameter' },
    },
  })
  campaign.campaign.addProfiles([{ cusLoyaltyId: 'L1', cusTier: 'gold' }, { cusLoyaltyId: 'L2' }])
  const found = async (path: string) =>
    (await campaign.call('GET', `${ext}/profile/${path}`)).json().content.length
  expect(await found('loyaltyId?loyaltyId_parameter=L1')).toBe(1)
  expect(await found('LoyaltyId?loyaltyId_parameter=L1')).toBe(1)
  expect(await found('tier?tier_parameter=gold')).toBe(1)
  expect(await found('byEmail/tier?email=&tier_parameter=gold')).toBe(1)
  const withBy = await campaign.call('GET', `${ext}/profile/byLoyaltyId?loyaltyId_parameter=L1`)
  expect(withBy.status).toBe(404)
  expect((await campaign.call('GET', `${plain}/profile/loyaltyId?loyaltyId_parameter=L1`)).status).toBe(404)
})

it('does not go back to Standard while a filter has no by', async () => {
  await using campaign = await v8({ filters: { tier: { attribute: 'cusTier', parameter: 'tier' } } })
  const refused = await campaign.control('POST', 'settings', { dialect: 'standard' })
  expect(refused.json().error).toBe('settings.filters.tier: custom filters are named by…')
  await campaign.control('POST', 'settings', { dialect: 'standard', filters: { tier: null } })
  expect(campaign.campaign.settings().dialect).toBe('standard')
})

it.each(['{}', '', ' { } '])('answers the PATCH of %j with 204 and no body', async (body) => {
  const time = manualTime()
  await using campaign = await campaignUnderTest({ time, settings: { dialect: 'v8' } })
  const [profile] = campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  time.advance(1)
  const answer = await campaign.call('PATCH', `${ext}/profile/1`, body)
  expect([answer.status, answer.text]).toEqual([204, ''])
  expect(campaign.campaign.profiles()).toEqual([profile])
  expect((await campaign.call('PATCH', `${ext}/profile/2`, body)).status).toBe(404)
})

it('shows href in a single GET', async () => {
  await using campaign = await v8()
  const [profile] = campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  expect((await campaign.call('GET', `${ext}/profile/1`)).json().href).toBe(profile?.['href'])
})

it('cannot decrypt a malformed PKey: 404, with the endpoint where it stands in the URL', async () => {
  await using campaign = await v8()
  campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  const inUrl = await campaign.call('GET', `${plain}/profile/@jksad`)
  expect(inUrl.status).toBe(404)
  expect(inUrl.text).toBe(
    'Unable to decrypt PKey. (PKey=@jksad)\nUnsupported endpoint. (endpoint=rest/profileAndServices/profile/@jksad)',
  )
  const inBody = await campaign.call('PATCH', `${ext}/profile/1`, { geoUnit: { PKey: '@jksad' } })
  expect([inBody.status, inBody.text]).toEqual([404, 'Unable to decrypt PKey. (PKey=@jksad)'])
})

it('cannot find an unknown key: 404 without a code', async () => {
  await using campaign = await v8()
  const service = await campaign.call('GET', `${plain}/service/adobe_nl`)
  expect(service.status).toBe(404)
  expect(service.text).toBe(
    "Unable to find document with path 'Service' from key 'adobe_nl' (document with schema 'service' and name 'adobe_nl')",
  )
  expect((await campaign.call('PATCH', `${ext}/profile/C-9`, { phone: '1' })).text).toBe(
    "Unable to find document with path 'Profile' from key 'C-9' (document with schema 'profile' and name 'C-9')",
  )
})

it.each([
  ['a duplicate', 'POST', '/profile', { cusCrmId: '1' }],
  ['a changed key', 'PATCH', '/profile/1', { cusCrmId: '3' }],
  ['an enumeration', 'POST', '/profile', { gender: 'invalid' }],
  ['a wrong type', 'PATCH', '/profile/1', { phone: 1 }],
  ['text too long', 'PATCH', '/profile/1', { firstName: 'x'.repeat(31) }],
  ['a body that is not JSON', 'POST', '/profile', '@gibberish'],
] as const)('collapses the refusal of %s to one sentence', async (_what, method, path, body) => {
  await using campaign = await v8()
  const before = campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  const answer = await campaign.call(method, `${ext}${path}`, body)
  expect([answer.status, answer.text]).toEqual([500, collapsed])
  expect(campaign.campaign.profiles()).toEqual(before)
})

it.each([
  [{ location: { zipCode: '1' }, phone: '1' }, 'zipCode'],
  [{ phone: '1', location: null }, 'location'],
])('refuses the whole PATCH %j for its location', async (body, name) => {
  await using campaign = await v8()
  const before = campaign.campaign.addProfiles([{ cusCrmId: '1', location: { city: 'Rome' } }])
  const answer = await campaign.call('PATCH', `${ext}/profile/1`, body)
  expect([answer.status, answer.text]).toEqual([
    500,
    `'${name}' property is not valid for the 'profile' resource.`,
  ])
  expect(campaign.campaign.profiles()).toEqual(before)
})

it('refuses a PATCH on location itself, and takes location in a POST', async () => {
  await using campaign = await v8()
  const created = await campaign.call('POST', `${ext}/profile`, { cusCrmId: '1', location: { city: 'Rome' } })
  expect(created.json().location.city).toBe('Rome')
  const part = await campaign.call('PATCH', `${ext}/profile/1/location`, { zipCode: '10121' })
  expect([part.status, part.text]).toEqual([
    500,
    "'zipCode' property is not valid for the 'profile' resource.",
  ])
})

it('shows and takes timeZone on profileAndServicesExt only', async () => {
  await using campaign = await v8()
  const [profile] = campaign.campaign.addProfiles([{ timeZone: 'Europe_Paris' }])
  const path = `/profile/${profile?.['PKey']}`
  expect((await campaign.call('GET', `${ext}${path}`)).json().timeZone).toBe('Europe_Paris')
  expect((await campaign.call('GET', `${plain}${path}`)).json()).not.toHaveProperty('timeZone')
  const refused = await campaign.call('PATCH', `${plain}${path}`, { timeZone: 'none' })
  expect(refused.text).toBe("'timeZone' property is not valid for the 'profile' resource.")
})

it('gives a projection its count and pages', async () => {
  await using campaign = await v8()
  campaign.campaign.addProfiles([{ email: 'a@b.c' }, { email: 'd@b.c' }, {}])
  const page = (await campaign.call('GET', `${ext}/profile/email?_lineCount=2`)).json()
  expect(page.content).toEqual(['a@b.c', 'd@b.c'])
  expect((await campaign.call('GET', pathOf(page.count.href))).json()).toEqual({ count: 3 })
  expect((await campaign.call('GET', pathOf(page.next.href))).json().content).toEqual([''])
})

it('refuses a link given by attributes, and answers the values of linked records to a POST', async () => {
  await using campaign = await v8({
    customResources: {
      cusVehicle: { fields: { vehicleNumber: 'string', vehicleOwner: { link: 'profile' } } },
    },
  })
  const [owner] = campaign.campaign.addProfiles([{ firstName: 'tester 11', lastName: 'Smith 11' }])
  const post = (vehicleOwner: unknown) =>
    campaign.call('POST', `${ext}/cusVehicle`, { vehicleNumber: '20009', vehicleOwner })
  const refused = await post({ firstName: 'tester 11', lastName: 'Smith 11' })
  expect([refused.status, refused.text]).toEqual([
    500,
    "'firstName' property is not valid for the 'cusVehicle' resource.",
  ])
  expect((await campaign.call('GET', `${ext}/cusVehicle`)).json().content).toEqual([])
  const created = (await post({ PKey: owner?.['PKey'] })).json()
  expect(created.vehicleOwner).toMatchObject({
    PKey: owner?.['PKey'],
    lastName: 'Smith 11',
    gender: 'unknown',
  })
})

it('has no organizational units and no history', async () => {
  await using campaign = await v8()
  const [profile] = campaign.campaign.addProfiles([{}])
  const paths = [
    `${ext}/orgUnitBase`,
    `${plain}/history/${profile?.['PKey']}`,
    `${plain}/resourceType/history`,
    '/acme/campaign/privacy/privacyTool',
  ]
  for (const path of paths) {
    const answer = await campaign.call('GET', path)
    expect(answer.status).toBe(404)
    expect(answer.text).toContain(
      `Unsupported endpoint. (endpoint=rest/${path.split('/').slice(3).join('/')})`,
    )
  }
  expect(profile).not.toHaveProperty('orgUnit')
  expect((await campaign.call('POST', `${ext}/profile`, { orgUnit: null })).status).toBe(500)
})

it('names a read-only attribute, or collapses that too with v8ReadOnly', async () => {
  await using campaign = await v8()
  campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  const patch = async () => (await campaign.call('PATCH', `${ext}/profile/1`, { age: 3 })).text
  expect(await patch()).toContain("Cannot update the 'age' property that is read-only")
  campaign.campaign.settings({ v8ReadOnly: 'collapsed' })
  expect(await patch()).toBe(collapsed)
})

it('reads a dropped field as blank, in v8 only', async () => {
  await using campaign = await v8({ droppedFields: ['fax', 'cusTier'] })
  campaign.campaign.addProfiles([{ cusCrmId: '1', fax: '1', cusTier: 'gold' }])
  const read = async () => (await campaign.call('GET', `${ext}/profile/1`)).json()
  expect(await read()).toMatchObject({ fax: '', cusTier: '' })
  expect((await campaign.call('PATCH', `${ext}/profile/1`, { fax: '2' })).status).toBe(200)
  expect((await campaign.call('GET', `${ext}/profile/fax`)).json().content).toEqual([''])
  campaign.campaign.settings({ dialect: 'standard' })
  expect(await read()).toMatchObject({ fax: '2', cusTier: 'gold' })
})

it('answers 429 above callsPerSecond', async () => {
  await using campaign = await v8({ callsPerSecond: 1 })
  const statuses = await Promise.all(
    [1, 2].map(async () => (await campaign.call('GET', `${ext}/profile`)).status),
  )
  expect(statuses.sort()).toEqual([200, 429])
})

it('deletes with 200', async () => {
  await using campaign = await v8()
  campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  expect((await campaign.call('DELETE', `${ext}/profile/1`, {})).status).toBe(200)
  expect(campaign.campaign.profiles()).toEqual([])
})

it('switches at run time: the same profiles in other words', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles([{ cusCrmId: '1', timeZone: 'Europe_Paris' }])
  const status = async () => (await campaign.call('PATCH', `${ext}/profile/1`, {})).status
  expect(await status()).toBe(200)
  await campaign.control('POST', 'settings', { dialect: 'v8' })
  expect(await status()).toBe(204)
  await campaign.control('POST', 'reset')
  expect(campaign.campaign.settings().dialect).toBe('standard')
})
