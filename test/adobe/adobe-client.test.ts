// Adobe's own client and its token library as judges of the emulator, in both dialects.
// Follows the end-to-end test of @adobe/aio-lib-campaign-standard, which runs against a live instance.
import { describe, expect, it } from 'vitest'
import type { SettingsChange } from '../../infra/local/campaign/settings.ts'
import { campaignUnderTest, pathOf } from '../campaign/campaign-under-test.ts'
import { adobeClient, tokenOf } from './adobe-client.ts'

const settings: SettingsChange = {
  customResources: {
    cusVehicle: { fields: { vehicleNumber: 'string', vehicleOwner: { link: 'profile' } } },
    cusShop: { linkedToProfile: false, fields: { city: 'string' } },
  },
}

describe.each(['standard', 'v8'] as const)('in the dialect %s', (dialect) => {
  const open = async () => {
    const campaign = await campaignUnderTest({ settings: { ...settings, dialect } })
    return {
      campaign,
      client: await adobeClient(campaign),
      [Symbol.asyncDispose]: campaign[Symbol.asyncDispose],
    }
  }
  const isV8 = dialect === 'v8'

  it('gives @adobe/aio-lib-ims a token whose expiry it reads', async () => {
    await using campaign = await campaignUnderTest({ settings: { dialect } })
    const { token, expiry } = await tokenOf(campaign)
    expect(expiry).toBeGreaterThan(Date.now() + 86_000_000)
    expect((await (await adobeClient(campaign, { token })).getAllProfiles()).status).toBe(200)
    await expect(tokenOf(campaign, 'other')).rejects.toThrow('invalid client_secret parameter')
  })

  it('refuses a bad token with 401 and a bad key with 403', async () => {
    await using campaign = await campaignUnderTest({ settings: { dialect } })
    const badToken = await adobeClient(campaign, { token: 'bad' })
    await expect(badToken.getAllProfiles()).rejects.toThrow(
      /ERROR_GET_ALL_PROFILES\] 401 - Unauthorized .*401013/,
    )
    const badKey = await adobeClient(campaign, { key: 'bad' })
    await expect(badKey.getAllProfiles()).rejects.toThrow(/ERROR_GET_ALL_PROFILES\] 403 - Forbidden .*403003/)
  })

  it('creates, updates, reads and lists profiles', async () => {
    await using opened = await open()
    const { client } = opened
    const created = await client.createProfile({ email: 'a+b@c.net', firstName: 'Amy', lastName: 'Dakota' })
    expect(created.status).toBe(201)
    const { PKey } = created.body
    const updated = await client.updateProfile(PKey, { firstName: 'Mark' })
    expect([updated.status, updated.body.PKey]).toEqual([200, PKey])
    const read = await client.getProfile(PKey)
    expect([read.status, read.body.firstName, 'href' in read.body]).toEqual([200, 'Mark', isV8])
    for (const parameters of [
      undefined,
      { filters: ['byEmail'], email: 'a+b@c.net', lineCount: 5 },
      { filters: ['byText'], text: 'Dak', filterType: 'lastName' },
      { filters: ['byText'], text: 'Dak', hasCustomFilter: true, order: 'email' },
    ]) {
      const list = await client.getAllProfiles(parameters)
      expect([list.ok, list.body.content.length, list.body.serverSidePagination]).toEqual([true, 1, true])
    }
    expect((await client.getAllProfiles({ filters: ['byEmail'], email: 'x@c.net' })).body.content).toEqual([])
  })

  it('takes an empty update', async () => {
    await using opened = await open()
    const [profile] = opened.campaign.campaign.addProfiles([{}])
    expect((await opened.client.updateProfile(String(profile?.['PKey']), {})).status).toBe(isV8 ? 204 : 200)
  })

  it('reaches custom fields and deletes profiles, as custom resources', async () => {
    await using opened = await open()
    const { client } = opened
    const { body } = await client.createCustomResource('profile', { cusCrmId: 'C-1', cusTier: 'gold' })
    expect(body.cusTier).toBe('gold')
    const updated = await client.updateCustomResource('profile', body.PKey, { cusTier: 'tin' })
    expect([updated.status, updated.body.PKey]).toEqual([200, body.PKey])
    expect((await client.getProfileWithOrgUnit('C-1')).body.cusTier).toBe('tin')
    expect((await client.deleteCustomResource('profile', body.PKey)).status).toBe(200)
    await expect(client.getProfile(body.PKey)).rejects.toThrow('ERROR_GET_PROFILE')
  })

  it('pages by the href that it is given', async () => {
    await using opened = await open()
    opened.campaign.campaign.addProfiles([{}, {}, {}])
    const first = await opened.client.getAllProfiles({ lineCount: 2 })
    const next = await opened.campaign.call('GET', pathOf(first.body.next.href))
    expect([first.body.content.length, next.json().content.length]).toEqual([2, 1])
  })

  it('creates, reads and lists services, and subscribes to them', async () => {
    await using opened = await open()
    const { campaign, client } = opened
    const [profile] = campaign.campaign.addProfiles([{ firstName: 'Amy' }])
    const service = (await client.createService({ name: 'SVC1', label: 'Sport', messageType: 'email' })).body
    expect((await client.getService(service.PKey)).body.name).toBe('SVC1')
    expect((await client.getAllServices({ filters: ['byChannel'], channel: 'sms' })).body.content).toEqual([])
    const { href } = Object(profile?.['subscriptions'])
    const subscribed = await client.postDataToUrl(href, { service: { PKey: service.PKey } })
    expect([subscribed.status, await subscribed.json()]).toEqual([
      201,
      expect.objectContaining({
        metadata: 'subscriptionRcp',
        subscriber: expect.objectContaining({ firstName: 'Amy' }),
      }),
    ])
    const other = await client.postDataToUrl(service.subscriptions.href, { subscriber: { PKey: '@x' } })
    expect(other.status).toBe(isV8 ? 404 : 500)
  })

  it('creates, lists, updates and deletes custom resources', async () => {
    await using opened = await open()
    const { client } = opened
    const created = await client.createCustomResource('cusVehicle', { vehicleNumber: '20009' })
    expect([created.status, created.body.vehicleOwner]).toEqual([201, null])
    const { PKey } = created.body
    expect((await client.updateCustomResource('cusVehicle', PKey, { vehicleNumber: '20010' })).status).toBe(
      200,
    )
    const list = await client.getAllProfileAndServicesExt('cusVehicle', { order: 'vehicleNumber' })
    expect(list.body.content).toMatchObject([{ PKey, vehicleNumber: '20010' }])
    expect((await client.deleteCustomResource('cusVehicle', PKey)).status).toBe(200)
    expect((await client.getAllBasicCustomResources('cusShop')).body.content).toEqual([])
    expect(Object.keys((await client.getCustomResources()).body)).toEqual(['apiName', 'cusVehicle'])
  })

  it('describes profile and service', async () => {
    await using opened = await open()
    for (const [resource, attribute] of [
      ['profile', 'email'],
      ['service', 'messageType'],
    ] as const) {
      const { ok, body } = await opened.client.getMetadataForResource(resource)
      expect([ok, body.name, body.content[attribute].apiName]).toEqual([true, resource, attribute])
    }
    expect((await opened.client.getMetadataForResourceExt('cusVehicle')).ok).toBe(true)
  })

  it(`${isV8 ? 'has no' : 'has'} organizational units and history`, async () => {
    await using opened = await open()
    const { client } = opened
    const [profile] = opened.campaign.campaign.addProfiles([{}])
    const PKey = String(profile?.['PKey'])
    if (isV8) {
      await expect(client.getAllOrgUnits()).rejects.toThrow('ERROR_GET_ALL_ORG_UNITS')
      await expect(client.getHistoryOfProfile(PKey)).rejects.toThrow('ERROR_GET_HISTORY_OF_PROFILE')
      await expect(client.getMetadataForResource('history')).rejects.toThrow(
        'ERROR_GET_METADATA_FOR_RESOURCE',
      )
      return
    }
    const [unit] = (await client.getAllOrgUnits()).body.content
    expect((await client.updateProfileOrgUnit(PKey, unit.PKey)).status).toBe(200)
    expect((await client.getProfileWithOrgUnit(PKey)).body.orgUnit).toMatchObject({ title: 'All (all)' })
    expect((await client.updateOrgUnit(unit.PKey, { label: 'Asia', name: 'asia' })).status).toBe(200)
    expect((await client.getHistoryOfProfile(PKey)).body.events.metadata).toBe('subHisto')
    expect((await client.getMetadataForResource('history')).body.name).toBe('history')
  })

  it('refuses another organization and what does not exist', async () => {
    await using opened = await open()
    const { client } = opened
    await expect(
      (await adobeClient(opened.campaign, { organization: 'bad' })).getAllProfiles(),
    ).rejects.toThrow('ERROR_GET_ALL_PROFILES] 500')
    await expect(client.getAllProfileAndServicesExt('cusNothing')).rejects.toThrow(
      'ERROR_GET_ALL_PROFILES_AND',
    )
    await expect(client.createCustomResource('cusNothing', {})).rejects.toThrow(
      'ERROR_CREATE_CUSTOM_RESOURCE',
    )
    await expect(client.deleteCustomResource('cusNothing', '@gibberish')).rejects.toThrow(
      'ERROR_DELETE_CUSTOM',
    )
    // Key and record change places in Adobe's own test, too.
    await expect(client.updateCustomResource('cusNothing', '[object Object]', '@gibberish')).rejects.toThrow(
      isV8 ? 'An error has occurred' : "'@gibberish' is not a valid constant",
    )
  })
})

describe('where the client itself is faulty', () => {
  it('encodes the descending order twice, which no instance can read: 500', async () => {
    await using campaign = await campaignUnderTest()
    const client = await adobeClient(campaign)
    await expect(client.getAllProfiles({ order: 'email', descendingSort: true })).rejects.toThrow(
      'ERROR_GET_ALL_PROFILES',
    )
    expect(campaign.campaign.requests().at(-1)).toMatchObject({
      path: '/acme/campaign/profileAndServices/profile/?_order=email%2520desc',
      status: 500,
    })
  })

  it('sends two filters with an encoded slash, which the emulator reads as two', async () => {
    await using campaign = await campaignUnderTest()
    campaign.campaign.addProfiles([{ email: 'a@b.c', lastName: 'Doe' }, { lastName: 'Doe' }])
    const client = await adobeClient(campaign)
    const list = await client.getAllProfiles({ filters: ['byText', 'byEmail'], text: 'Doe', email: 'a@b.c' })
    expect(list.body.content).toHaveLength(1)
    expect(campaign.campaign.requests().at(-1)?.path).toContain('/byText%2FbyEmail?')
  })

  it('encodes the slashes of a relative URL, which then names nothing: 404', async () => {
    await using campaign = await campaignUnderTest()
    const client = await adobeClient(campaign)
    await expect(client.getDataFromRelativeUrl('profileAndServices/profile')).rejects.toThrow(
      'ERROR_GET_DATA_FROM_RELATIVE_URL',
    )
    expect(campaign.campaign.requests().at(-1)).toMatchObject({
      path: '/acme/campaign/profileAndServices%2Fprofile',
      status: 404,
    })
  })

  it('sends a body with DELETE, and text/plain with JSON', async () => {
    await using campaign = await campaignUnderTest()
    const client = await adobeClient(campaign)
    const { body, status } = await client.createProfile({ phone: '5' })
    expect([status, body.phone]).toEqual([201, '5'])
    expect((await client.deleteCustomResource('profile', body.PKey)).status).toBe(200)
  })

  it('sends a body that is no JSON as it is: the engine calls it no valid constant', async () => {
    await using campaign = await campaignUnderTest()
    const client = await adobeClient(campaign)
    await expect(client.createProfile('@gibberish')).rejects.toThrow("'@gibberish' is not a valid constant")
  })

  it('loses the words of an error that are no YAML: a quoted word first, or a colon within', async () => {
    await using campaign = await campaignUnderTest()
    const [profile] = campaign.campaign.addProfiles([{}])
    const client = await adobeClient(campaign)
    const update = client.updateProfile(String(profile?.['PKey']), { cusTier: 'gold' })
    await expect(update).rejects.toThrow('ERROR_UPDATE_PROFILE] Error: Internal Server Error')
    campaign.campaign.setFaults([
      { answer: { status: 500, body: 'An error has occurred' } },
      { answer: { status: 500, body: 'PGS-220000 PostgreSQL error: ERROR:  duplicate key' } },
    ])
    await expect(client.getAllProfiles()).rejects.toThrow(
      '500 - Internal Server Error ("An error has occurred")',
    )
    await expect(client.getAllProfiles()).rejects.not.toThrow('duplicate key')
  })

  it('does not try again after 429 or 500', async () => {
    await using campaign = await campaignUnderTest()
    const client = await adobeClient(campaign)
    campaign.campaign.setFaults([{ answer: { status: 429, retryAfter: 1 } }, { answer: { status: 500 } }])
    await expect(client.getAllProfiles()).rejects.toThrow('429050')
    await expect(client.getAllProfiles()).rejects.toThrow('RST-360011')
    expect(
      campaign.campaign
        .requests()
        .map(({ status }) => status)
        .slice(-2),
    ).toEqual([429, 500])
  })
})
