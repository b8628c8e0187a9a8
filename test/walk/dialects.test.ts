// The walk in both dialects of Campaign, with everything awkward that Adobe does not rule out switched on together.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { LocalStack } from '../../infra/local/stack.ts'
import { startLocalStack } from '../../infra/local/stack.ts'
import { trackRequests } from '../support/contract.ts'
import { mappings } from '../support/mappings.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { post } from '../support/sender.ts'
import { hubspotEvent } from '../support/sent-events.ts'

describe.each(['standard', 'v8'] as const)('the walk to a Campaign of the dialect %s', (dialect) => {
  const log = recordedLog()
  let stack: LocalStack
  let warned: unknown[]
  beforeAll(async () => {
    stack = await startLocalStack({
      mappings,
      port: 0,
      campaignPort: 0,
      log,
      dialect,
      environment: { UNMATCHED: 'park' },
    })
    trackRequests(stack.campaign.campaign)
    const warnings = log.lines.filter(({ message }) => message === 'mapping.ignored')
    warned = warnings.map(({ fields }) => fields)
    stack.campaign.campaign.settings({
      unstablePKeys: true,
      rewrite: 'smartCase',
      wrapSingle: true,
      bigTableThreshold: 1,
      emailMatch: 'prefix',
    })
    stack.campaign.campaign.addProfiles([
      ...Array.from({ length: 30 }, (_, n) => ({ email: `amy@example.com${n}` })),
      { cusCrmId: '7', email: 'amy@example.com' },
      { cusCrmId: '8', email: 'bob@example.com' },
    ])
  })
  afterAll(() => stack.close())

  const profile = (email: string) =>
    stack.campaign.campaign.profiles().find((one) => one['email'] === email) ?? {}
  const direct = (change: object) =>
    post(stack.gateway.url, 'direct', {
      body: {
        id: `evt-${crypto.randomUUID()}`,
        occurredAt: new Date(Date.now() - 1000).toISOString(),
        ...change,
      },
      headers: { prefer: 'wait=10' },
    })

  it('applies a change by email to the one exact profile, and sees it written', async () => {
    const answer = await direct({
      match: { email: 'amy@example.com' },
      set: { phone: '1', lastName: 'DAKOTA' },
    })
    expect(answer).toMatchObject({ status: 200, body: { results: [{ outcome: 'applied', verified: true }] } })
    expect(profile('amy@example.com')).toMatchObject({ phone: '1', lastName: 'Dakota' })
    expect(stack.campaign.campaign.profiles().filter(({ phone }) => phone === '1')).toHaveLength(1)
  })

  it('applies changes by business key, and knows them again', async () => {
    const change = { id: 'once', match: { cusCrmId: '7' }, set: { fax: '2' } }
    expect((await direct(change)).body.results).toMatchObject([{ outcome: 'applied', verified: true }])
    expect((await direct({ ...change, occurredAt: '2026-01-01T00:00:00Z' })).body.results).toMatchObject([
      { outcome: 'superseded' },
    ])
  })

  it('tells an unknown key, a foreign key and a malformed one apart', async () => {
    const outcomes = await Promise.all(
      [
        { cusCrmId: 'nobody' },
        [{ cusCrmId: 'nobody' }, { email: 'bob@example.com' }],
        { PKey: '@malformed' },
      ].map(async (match) => (await direct({ match, set: { phone: '3' } })).body.results[0]),
    )
    expect(outcomes).toMatchObject([
      { outcome: 'unmatched' },
      { outcome: 'ambiguous' },
      { outcome: 'parked', code: 'key-malformed' },
    ])
  })

  it('makes one PATCH of a HubSpot delivery, of what this Campaign lets be written', async () => {
    const { campaign } = stack.campaign
    log.lines.length = 0
    const sentAt = Date.now() - 3000
    const edit = (propertyName: string, propertyValue: string, eventId: number) =>
      hubspotEvent({ eventId, objectId: 8, propertyName, propertyValue, occurredAt: sentAt })
    const body = [edit('firstname', 'Bob', 1), edit('mobilephone', '4', 2), edit('city', 'Turin', 3)]
    const answer = await post(stack.gateway.url, 'hubspot', { body })
    const ignored = dialect === 'v8' ? 1 : 0
    expect(answer).toMatchObject({ status: 202, body: { accepted: 3 - ignored, ignored } })
    await vi.waitFor(
      () => expect(profile('bob@example.com')).toMatchObject({ firstName: 'Bob', mobilePhone: '4' }),
      10_000,
    )
    expect(profile('bob@example.com')['location']).toMatchObject({ city: dialect === 'v8' ? '' : 'Turin' })
    const patches = campaign
      .requests()
      .filter(({ method, path }) => method === 'PATCH' && /profile\/8$/.test(path))
    expect(patches).toHaveLength(1)
  })

  it('refuses a location where the dialect takes none', async () => {
    const answer = await direct({ match: { cusCrmId: '7' }, set: { location: { city: 'Lyon' } } })
    expect(answer.status).toBe(dialect === 'v8' ? 422 : 200)
    if (dialect === 'v8') expect(answer.body.errors).toMatchObject([{ pointer: '/set/location/city' }])
  })

  it('warns once at start of the mapped fields that this Campaign does not let be written', () => {
    expect(warned).toEqual(dialect === 'v8' ? [['hubspot.city', 'hubspot.zip']] : [])
  })
})
