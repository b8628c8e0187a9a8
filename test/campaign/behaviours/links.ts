// What hangs together: the extended API, links, subscriptions, metadata, hrefs.
import { expect } from 'vitest'
import { ext, pathOf, plain } from '../campaign-under-test.ts'
import { behaviour, type Given } from './behaviour.ts'

const createService = async ({ campaign }: Given) =>
  (
    await campaign.call('POST', `${plain}/service`, {
      label: 'Sport Newsletter',
      name: 'SVC1',
      start: '2019-10-06',
    })
  ).json()

export const showLinks = (): void => {
  behaviour(20, 'shows custom fields and units on profileAndServicesExt only', async ({ campaign, say }) => {
    const [profile] = campaign.campaign.addProfiles([{ cusTier: 'gold' }])
    const read = async (api: string) =>
      (await campaign.call('GET', `${api}/profile/${profile?.['PKey']}`)).json()
    const extended = [
      'acsId',
      'cusCrmId',
      'cusTier',
      'geoUnit',
      ...say({ standard: ['orgUnit'], v8: ['timeZone'] }),
    ]
    const [shown, shownExt] = [await read(plain), await read(ext)]
    expect(extended.filter((name) => name in shown)).toEqual([])
    expect(extended.filter((name) => name in shownExt)).toEqual(extended)
    expect('timeZone' in shown).toBe(say({ standard: true, v8: false }))
  })

  behaviour(
    21,
    'links by PKey; attributes instead of it are dropped, in v8 refused',
    async ({ campaign, say }) => {
      campaign.campaign.addProfiles([{ cusCrmId: '1' }])
      const [unit] = (await campaign.call('GET', `${ext}/geoUnitBase/`)).json().content
      const patch = (geoUnit: unknown) => campaign.call('PATCH', `${ext}/profile/1`, { geoUnit })
      expect((await patch({ PKey: unit.PKey })).status).toBe(200)
      const linked = { PKey: unit.PKey, href: unit.href, title: 'All (all)' }
      expect(campaign.campaign.profiles()[0]?.['geoUnit']).toEqual(linked)
      const byName = await campaign.call('POST', `${ext}/profile`, {
        cusCrmId: '2',
        geoUnit: { name: 'all' },
      })
      expect(byName.status).toBe(say({ standard: 201, v8: 500 }))
      expect(byName.text).toContain(say({ standard: '"geoUnit":null', v8: "'name' property is not valid" }))
      expect((await patch({ PKey: '@other' })).status).toBe(say({ standard: 500, v8: 404 }))
      expect((await patch(null)).status).toBe(200)
      expect(campaign.campaign.profiles()[0]?.['geoUnit']).toBeNull()
    },
  )

  behaviour(22, 'subscribes from either side and unsubscribes by the own href', async (given) => {
    const { campaign, say } = given
    const service = await createService(given)
    const [amy, bob] = campaign.campaign.addProfiles([{ firstName: 'Amy' }, { firstName: 'Bob' }])
    const ofAmy = pathOf(Object(amy?.['subscriptions']).href)
    const ofService = pathOf(service.subscriptions.href)
    const first = await campaign.call('POST', ofAmy, { service: { PKey: service.PKey } })
    expect([first.status, first.json()]).toEqual([
      201,
      {
        PKey: expect.stringMatching(/^@/),
        created: '2026-11-22 10:00:00.000Z',
        email: '',
        expirationDate: '',
        href: expect.stringMatching(/\/profile\/@[\w-]+\/subscriptions\/@[\w-]+$/),
        metadata: 'subscriptionRcp',
        service: {
          PKey: service.PKey,
          href: expect.stringContaining(`/service/${service.PKey}`),
          label: 'Sport Newsletter',
          name: 'SVC1',
          title: 'Sport Newsletter (SVC1)',
        },
        serviceName: say({ standard: '', v8: 'SVC1' }),
        subscriber: expect.objectContaining({ PKey: amy?.['PKey'], firstName: 'Amy' }),
      },
    ])
    await campaign.call('POST', ofService, { subscriber: { PKey: bob?.['PKey'] } })
    const { content } = (await campaign.call('GET', ofService)).json()
    expect(content.map((one: { subscriber: { firstName: string } }) => one.subscriber.firstName)).toEqual([
      'Amy',
      'Bob',
    ])
    expect(content[1].href).toMatch(/\/service\/@[\w-]+\/subscriptions\/@[\w-]+$/)
    const gone = await campaign.call('DELETE', pathOf(content[1].href), {})
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect((await campaign.call('GET', ofService)).json().content).toHaveLength(1)
    expect((await campaign.call('DELETE', pathOf(service.href))).status).toBe(200)
    expect((await campaign.call('GET', pathOf(service.href))).status).toBe(404)
    expect((await campaign.call('GET', ofAmy)).json().content).toEqual([])
  })

  behaviour(24, 'describes profiles and their filters', async ({ campaign, say }) => {
    await campaign.control('POST', 'settings', {
      filters: { byTier: { attribute: 'cusTier', parameter: 'tier' } },
    })
    const read = async (api: string) => (await campaign.call('GET', `${api}/resourceType/profile`)).json()
    const [shown, shownExt] = [await read(plain), await read(ext)]
    expect(shown).toMatchObject({
      content: { email: { apiName: 'email', type: 'string', dataPolicy: 'email', sortable: true } },
      data: '/profileAndServices/profile/',
      href: `${campaign.url}${plain}/profile/metadata`,
      label: 'Profiles',
      name: 'profile',
      schema: 'nms:recipient',
      type: 'item',
    })
    expect(shown.content).not.toHaveProperty('cusTier')
    expect(shownExt.content).toMatchObject({
      cusTier: { apiName: 'cusTier', type: 'string' },
      gender: { type: 'enumeration', values: { male: { name: 'male' } } },
      geoUnit: { type: 'link', resTarget: 'geoUnitBase' },
      subscriptions: { type: 'collection' },
    })
    expect((await campaign.call('GET', pathOf(shown.href))).json()).toEqual(shown)
    const filters = (await campaign.call('GET', pathOf(shownExt.filters.href))).json()
    expect(filters.byText).toMatchObject({
      PKey: expect.stringMatching(/^@/),
      data: expect.stringContaining('/profileAndServicesExt/profile/byText?text=$value'),
      label: 'By name or email',
    })
    expect(filters).toHaveProperty(say({ standard: 'byTier', v8: 'Tier' }))
  })

  behaviour(29, 'starts its hrefs where it is told to', async ({ campaign }) => {
    campaign.campaign.addProfiles([{ cusCrmId: '1' }])
    const hrefOf = async () => (await campaign.call('PATCH', `${ext}/profile/1`, { phone: '1' })).json().href
    expect(await hrefOf()).toContain(`${campaign.url}${ext}/profile/@`)
    await campaign.control('POST', 'settings', { baseUrl: 'https://proxy.example' })
    expect(await hrefOf()).toContain(`https://proxy.example${ext}/profile/@`)
  })
}
