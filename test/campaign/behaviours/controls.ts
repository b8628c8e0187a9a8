// Faults, the count of engine calls, and a switch for each thing that nobody documents.
import { expect } from 'vitest'
import type { SettingsChange } from '../../../infra/local/campaign/settings.ts'
import { ext } from '../campaign-under-test.ts'
import { behaviour, type Given } from './behaviour.ts'

const call = ({ campaign }: Given) => campaign.call('POST', `${ext}/profile`, {})

export const showControls = (): void => {
  behaviour(26, 'injects faults per request and throttles on request', async (given) => {
    const { campaign, time, say } = given
    const statuses = [429, 500, 502, 503]
    campaign.campaign.setFaults(statuses.map((status) => ({ answer: { status, retryAfter: 38 } })))
    for (const status of statuses) {
      const answer = await call(given)
      expect([answer.status, answer.headers['retry-after']]).toEqual([status, '38'])
      if (status === 429)
        expect(answer.json()).toEqual({ error_code: '429050', message: 'Too many requests' })
      if (status === 500) {
        expect(answer.text.startsWith('RST-360011')).toBe(say({ standard: true, v8: false }))
      }
    }
    campaign.campaign.setFaults([{ answer: { reset: true } }, { answer: { appliedButLost: true } }])
    await expect(call(given)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(campaign.campaign.profiles()).toHaveLength(0)
    await expect(call(given)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(campaign.campaign.profiles()).toHaveLength(1)
    campaign.campaign.setFaults([{ answer: { applyAfterMs: 61_000 } }])
    const late = call(given)
    await time.sleeping(1)
    time.advance(61_000)
    expect((await late).status).toBe(201)
    await campaign.control('POST', 'settings', { callsPerSecond: 1 })
    expect([(await call(given)).status, (await call(given)).status]).toEqual([201, 429])
  })

  behaviour(27, 'counts engine calls', async (given) => {
    const { campaign } = given
    await call(given)
    await campaign.call('GET', `${ext}/profile`)
    await campaign.control('GET', 'profiles')
    const requests = (await campaign.control('GET', 'requests')).json()
    const engineCalls = requests.filter(({ path }: { path: string }) => !path.startsWith('/ims/'))
    expect(
      engineCalls.map(({ method, status }: { method: string; status: number }) => [method, status]),
    ).toEqual([
      ['POST', 201],
      ['GET', 200],
    ])
  })

  behaviour(30, 'has a switch for what nobody documents', async ({ campaign }) => {
    campaign.campaign.addProfiles([{ cusCrmId: '1', phone: '1', email: 'a@b.c' }])
    const status = async (settings: SettingsChange, body: unknown, method: 'PATCH' | 'POST' = 'PATCH') => {
      campaign.campaign.settings(settings)
      return (await campaign.call(method, `${ext}/profile${method === 'PATCH' ? '/1' : ''}`, body)).status
    }
    const held = (name: string) => campaign.campaign.profiles()[0]?.[name]
    expect(await status({ nullValues: 'refuse' }, { phone: null })).toBe(500)
    expect([await status({ nullValues: 'ignore' }, { phone: null, fax: '2' }), held('phone')]).toEqual([
      200,
      '1',
    ])
    expect([await status({ nullValues: 'clear' }, { phone: null }), held('phone')]).toEqual([200, ''])
    const long = 'x'.repeat(31)
    expect(await status({}, { firstName: long })).toBe(500)
    expect([await status({ longText: 'truncate' }, { firstName: long }), held('firstName')]).toEqual([
      200,
      long.slice(1),
    ])
    expect([await status({ longText: 'keep' }, { firstName: long }), held('firstName')]).toEqual([200, long])
    expect(await status({}, { phone: 5 })).toBe(500)
    expect([
      await status({ wrongType: 'convert' }, { phone: 5, cusScore: '7', cusVip: 'true' }),
      held('phone'),
    ]).toEqual([200, '5'])
    expect([held('cusScore'), held('cusVip')]).toEqual([7, true])
    expect(await status({}, { cusScore: 'seven' })).toBe(500)
    expect(await status({ unknownAttribute: 'ignore' }, { nickName: 'x', fax: '3' })).toBe(200)
    expect(await status({ readOnly: ['fax'] }, { fax: '4' })).toBe(500)
    expect(await status({ preferredLanguages: ['fr_fr'] }, { preferredLanguage: 'xx' })).toBe(500)
    expect(await status({}, { preferredLanguage: 'fr_fr' })).toBe(200)
    expect(await status({ unique: ['email'] }, { email: 'a@b.c' }, 'POST')).toBe(500)
    expect(await status({ dataPolicies: { email: null } }, { email: 'no address' }, 'POST')).toBe(201)
  })
}
