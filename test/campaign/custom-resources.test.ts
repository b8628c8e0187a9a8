import { expect, it } from 'vitest'
import type { SettingsChange } from '../../infra/local/campaign/settings.ts'
import { campaignUnderTest, ext, pathOf, plain } from './campaign-under-test.ts'

const custom = '/acme/campaign/customResources'
const settings: SettingsChange = {
  customResources: {
    cusVehicle: {
      key: 'vehicleNumber',
      fields: {
        vehicleNumber: 'string',
        vehicleName: 'string',
        seats: 'integer',
        vehicleOwner: { link: 'profile' },
      },
    },
    cusShop: { linkedToProfile: false, fields: { city: 'string' } },
  },
  filters: { bySeats: { attribute: 'vehicleName', parameter: 'name_parameter', resource: 'cusVehicle' } },
}

it('creates, reads, lists, updates and deletes records of a custom resource', async () => {
  await using campaign = await campaignUnderTest({ settings })
  const created = await campaign.call('POST', `${ext}/cusVehicle`, {
    vehicleNumber: '20009',
    vehicleName: 'Model E',
  })
  expect(created.status).toBe(201)
  expect(created.json()).toMatchObject({
    vehicleNumber: '20009',
    seats: 0,
    vehicleOwner: null,
    title: '20009',
  })
  const path = `${ext}/cusVehicle/20009`
  expect((await campaign.call('PATCH', path, { seats: 5 })).json()).toEqual({
    PKey: created.json().PKey,
    href: created.json().href,
  })
  expect((await campaign.call('GET', pathOf(created.json().href))).json().seats).toBe(5)
  expect((await campaign.call('GET', `${ext}/cusVehicle/seats`)).json().content).toEqual([5])
  const found = await campaign.call('GET', `${ext}/cusVehicle/bySeats?name_parameter=Model%20E`)
  expect(found.json().content).toHaveLength(1)
  expect((await campaign.call('POST', `${ext}/cusVehicle`, { vehicleNumber: '20009' })).status).toBe(500)
  expect((await campaign.call('PATCH', path, { seats: 'five' })).status).toBe(500)
  expect((await campaign.call('PATCH', path, { wheels: 4 })).text).toBe(
    "'wheels' property is not valid for the 'cusVehicle' resource.",
  )
  expect((await campaign.call('DELETE', path, {})).status).toBe(200)
  expect((await campaign.call('GET', path)).status).toBe(404)
})

it('drops a link by attributes in Standard and keeps one by PKey', async () => {
  await using campaign = await campaignUnderTest({ settings })
  const [owner] = campaign.campaign.addProfiles([{ firstName: 'Amy' }])
  const post = async (vehicleOwner: unknown) =>
    (await campaign.call('POST', `${ext}/cusVehicle`, { vehicleName: 'Model E', vehicleOwner })).json()
  expect((await post({ firstName: 'tester 11' })).vehicleOwner).toBeNull()
  expect((await post({ PKey: owner?.['PKey'] })).vehicleOwner).toMatchObject({
    PKey: owner?.['PKey'],
    href: owner?.['href'],
    title: 'Amy',
  })
  await campaign.call('DELETE', `${plain}/profile/${owner?.['PKey']}`)
  const owners = (await campaign.call('GET', `${ext}/cusVehicle/vehicleOwner`)).json().content
  expect(owners).toEqual([null, null])
})

it('links profiles to a custom resource by a field of their own', async () => {
  await using campaign = await campaignUnderTest({ settings })
  await campaign.control('POST', 'settings', { customFields: { cusFavourite: { link: 'cusVehicle' } } })
  const vehicle = (await campaign.call('POST', `${ext}/cusVehicle`, { vehicleNumber: '7' })).json()
  campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  const path = `${ext}/profile/1`
  expect((await campaign.call('GET', path)).json().cusFavourite).toBeNull()
  const link = async (cusFavourite: unknown) => (await campaign.call('PATCH', path, { cusFavourite })).status
  expect(await link({ PKey: vehicle.PKey })).toBe(200)
  const shown = { PKey: vehicle.PKey, href: vehicle.href, title: '7' }
  expect((await campaign.call('GET', path)).json().cusFavourite).toEqual(shown)
  expect([await link({ PKey: '@none' }), await link('7')]).toEqual([500, 500])
  const plainPath = `${plain}/profile/${campaign.campaign.profiles()[0]?.['PKey']}`
  expect((await campaign.call('GET', plainPath)).json()).not.toHaveProperty('cusFavourite')
})

it('serves each custom resource under one API', async () => {
  await using campaign = await campaignUnderTest({ settings })
  const list = async (path: string) => (await campaign.call('GET', path)).status
  expect(await list(`${ext}/cusVehicle/`)).toBe(200)
  expect(await list(`${custom}/cusShop`)).toBe(200)
  for (const path of [`${plain}/cusVehicle`, `${custom}/cusVehicle`, `${ext}/cusShop`, `${custom}/profile`]) {
    expect(await list(path)).toBe(404)
  }
  const shop = (await campaign.call('POST', `${custom}/cusShop`, { city: 'Turin' })).json()
  expect(shop.href).toBe(`${campaign.url}${custom}/cusShop/${shop.PKey}`)
})

it('lists the linked custom resources and describes each', async () => {
  await using campaign = await campaignUnderTest({ settings })
  const { apiName, ...listed } = (await campaign.call('GET', `${ext}/`)).json()
  expect([apiName, Object.keys(listed)]).toEqual(['resourceType', ['cusVehicle']])
  expect(listed.cusVehicle).toMatchObject({
    content: { vehicleOwner: { type: 'link', resTarget: 'profile' }, seats: { type: 'number' } },
    data: '/profileAndServicesExt/cusVehicle/',
    href: `${campaign.url}${ext}/cusVehicle/metadata`,
    name: 'cusVehicle',
    type: 'collection',
  })
  expect((await campaign.call('GET', pathOf(listed.cusVehicle.href))).json().type).toBe('item')
  expect((await campaign.call('GET', `${custom}/resourceType/cusShop`)).json().name).toBe('cusShop')
  expect((await campaign.call('GET', `${custom}/resourceType/cusVehicle`)).status).toBe(404)
})

it('keeps the records when the settings change, and forgets them at a reset', async () => {
  await using campaign = await campaignUnderTest({ settings })
  await campaign.call('POST', `${ext}/cusVehicle`, { vehicleNumber: '1', vehicleName: 'A' })
  await campaign.call('POST', `${ext}/cusVehicle`, { vehicleNumber: '2', vehicleName: 'A' })
  const change = { linkedToProfile: true, fields: { vehicleNumber: 'string', vehicleName: 'string' } }
  const refused = await campaign.control('POST', 'settings', {
    customResources: { cusVehicle: { ...change, key: 'vehicleName' } },
  })
  expect(refused.json().error).toContain('customResources.cusVehicle.key: two records share')
  await campaign.control('POST', 'settings', { customResources: { cusVehicle: { ...change, key: null } } })
  expect((await campaign.call('GET', `${ext}/cusVehicle/_count`)).json()).toEqual({ count: 2 })
  expect((await campaign.call('GET', `${ext}/cusVehicle/1`)).status).toBe(404)
  campaign.campaign.reset()
  const headers = campaign.headersOf((await campaign.askToken()).json().access_token)
  expect((await campaign.send('GET', `${ext}/cusVehicle/_count`, { headers })).json()).toEqual({ count: 0 })
})
