// One record: its keys, creating, reading, updating, deleting.
import { expect } from 'vitest'
import { campaignUnderTest, ext, pathOf, plain } from '../campaign-under-test.ts'
import { behaviour } from './behaviour.ts'

const keyForm = /^@[A-Za-z0-9_-]{91,134}$/

export const showRecords = (): void => {
  behaviour(
    6,
    'names records by PKeys of its own; the one in subscriptions.href resolves too',
    async ({ campaign }) => {
      await using other = await campaignUnderTest()
      const [profile] = campaign.campaign.addProfiles([{ email: 'a@b.c' }])
      const PKey = String(profile?.['PKey'])
      expect(PKey).toMatch(keyForm)
      expect(other.campaign.addProfiles([{}])[0]?.['PKey']).not.toBe(PKey)
      expect((await other.call('GET', `${plain}/profile/${PKey}`)).status).toBe(500)
      const { href } = Object(profile?.['subscriptions'])
      const [, key = ''] = /profile\/(@[^/]+)\/subscriptions\/$/.exec(href) ?? []
      expect(key).toMatch(keyForm)
      expect(key).not.toBe(PKey)
      expect((await campaign.call('GET', `${plain}/profile/${key}`)).json().PKey).toBe(PKey)
      expect((await campaign.call('GET', pathOf(href))).json().content).toEqual([])
    },
  )

  behaviour(7, 'creates with 201, defaults and what is derived', async ({ campaign }) => {
    const given = { email: 'amy@mail.com', firstName: 'Amy', lastName: 'Dakota', birthDate: '1980-11-22' }
    const answer = await campaign.call('POST', `${plain}/profile`, given)
    expect(answer.status).toBe(201)
    expect(answer.json()).toMatchObject({
      ...given,
      created: '2026-11-22 10:00:00.000Z',
      lastModified: '2026-11-22 10:00:00.000Z',
      domain: 'mail.com',
      title: 'Amy Dakota (amy@mail.com)',
      age: 46,
      gender: 'unknown',
      blackListEmail: false,
      phone: '',
      href: `${campaign.url}${plain}/profile/${answer.json().PKey}`,
    })
  })

  behaviour(8, 'merges a PATCH and answers PKey and href only', async ({ campaign, time, isV8 }) => {
    const [profile] = campaign.campaign.addProfiles([{ phone: '1', fax: '2', location: { city: 'Rome' } }])
    time.advance(1500)
    const path = `${plain}/profile/${profile?.['PKey']}`
    const location = isV8 ? {} : { location: { zipCode: '00100' } }
    const answer = await campaign.call('PATCH', path, { fax: '3', blackListEmail: true, ...location })
    expect([answer.status, answer.json()]).toEqual([
      200,
      { PKey: profile?.['PKey'], href: campaign.url + path },
    ])
    expect(campaign.campaign.profiles()[0]).toEqual({
      ...profile,
      fax: '3',
      location: { ...Object(profile?.['location']), zipCode: isV8 ? '' : '00100' },
      blackListEmail: true,
      blackListEmailLastModified: '2026-11-22 10:00:01.500Z',
      lastModified: '2026-11-22 10:00:01.500Z',
    })
  })

  behaviour(9, 'answers an empty PATCH with 200, v8 with 204', async ({ campaign, say }) => {
    const [profile] = campaign.campaign.addProfiles([{ cusCrmId: '1' }])
    const answer = await campaign.call('PATCH', `${ext}/profile/1`, {})
    expect(answer.status).toBe(say({ standard: 200, v8: 204 }))
    expect(answer.text === '').toBe(say({ standard: false, v8: true }))
    expect(campaign.campaign.profiles()).toEqual([profile])
  })

  behaviour(
    10,
    'knows a configurable business key on profileAndServicesExt only',
    async ({ campaign, say }) => {
      const [first] = campaign.campaign.addProfiles([
        { cusCrmId: 'C-1', cusLoyaltyId: 'L-1' },
        { cusCrmId: 'C-2' },
      ])
      const patch = (path: string, cusCrmId: string) => campaign.call('PATCH', path, { cusCrmId })
      expect((await patch(`${ext}/profile/C-1`, 'C-1')).json().PKey).toBe(first?.['PKey'])
      expect((await campaign.call('GET', `${plain}/profile/C-1`)).status).toBe(404)
      const changed = await patch(`${ext}/profile/C-1`, 'C-3')
      expect(changed.status).toBe(500)
      expect(changed.text).toContain(
        say({
          standard:
            "RST-360012 Inconsistent operation on resource 'profile' – Cannot update key 'C-1' to 'C-3'.",
          v8: 'An error has occurred - please contact your administrator.',
        }),
      )
      expect((await patch(`${ext}/profile/${first?.['PKey']}`, 'C-2')).status).toBe(500)
      expect((await patch(`${ext}/profile/${first?.['PKey']}`, 'C-3')).status).toBe(200)
      await campaign.control('POST', 'settings', { businessKey: 'cusLoyaltyId' })
      expect((await campaign.call('GET', `${ext}/profile/L-1`)).json().cusCrmId).toBe('C-3')
    },
  )

  behaviour(
    14,
    'answers a single GET bare, with href in v8, wrapped when asked to',
    async ({ campaign, isV8 }) => {
      campaign.campaign.addProfiles([{ cusCrmId: '1' }])
      const bare = (await campaign.call('GET', `${ext}/profile/1`)).json()
      expect([bare.cusCrmId, 'href' in bare]).toEqual(['1', isV8])
      await campaign.control('POST', 'settings', { wrapSingle: true })
      expect((await campaign.call('GET', `${ext}/profile/1`)).json()).toEqual({ content: [bare] })
    },
  )

  behaviour(23, 'deletes with 200, then the record is missing', async ({ campaign }) => {
    const [profile] = campaign.campaign.addProfiles([{}])
    const path = `${plain}/profile/${profile?.['PKey']}`
    expect((await campaign.call('DELETE', path)).status).toBe(200)
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      const gone = await campaign.call(method, path)
      expect([gone.status, gone.text.includes('Unable to find document')]).toEqual([404, true])
    }
  })

  behaviour(28, 'takes a DELETE with a body', async ({ campaign }) => {
    campaign.campaign.addProfiles([{ cusCrmId: '1' }, { cusCrmId: '2' }])
    expect((await campaign.call('DELETE', `${ext}/profile/1`, {})).status).toBe(200)
    expect((await campaign.call('DELETE', `${ext}/profile/2`, 'anything')).status).toBe(200)
    expect(campaign.campaign.profiles()).toEqual([])
  })
}
