// A custom filter that a user declares in mappings.ts, from the sender to the profile, in both dialects of Campaign.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Mappings } from '../../functions/change/mapping.ts'
import type { LocalStack } from '../../infra/local/stack.ts'
import { startLocalStack } from '../../infra/local/stack.ts'
import { trackRequests } from '../support/contract.ts'
import { mappings } from '../support/mappings.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { post } from '../support/sender.ts'
import { directChange, hubspotEvent } from '../support/sent-events.ts'

const hubspot = mappings.sources['hubspot'] ?? { kind: 'hubspot' }
const filtered: Mappings = {
  ...mappings,
  sources: {
    ...mappings.sources,
    hubspot: { ...hubspot, match: [{ field: 'objectId', attribute: 'cusLoyaltyId' }] },
  },
  filters: { cusLoyaltyId: { name: 'byLoyaltyId', parameter: 'loyaltyId_parameter' } },
}

describe.each([
  ['standard', 'byLoyaltyId'],
  ['v8', 'loyaltyId'],
] as const)('the walk by a custom filter to a Campaign of the dialect %s', (dialect, filterName) => {
  let stack: LocalStack
  beforeAll(async () => {
    const log = recordedLog()
    stack = await startLocalStack({ mappings: filtered, port: 0, campaignPort: 0, log, dialect })
    trackRequests(stack.campaign.campaign)
    stack.campaign.campaign.addProfiles([
      { cusLoyaltyId: 'L/1', email: 'amy@example.com' },
      { cusLoyaltyId: '1745500706683617281', email: 'bob@example.com' },
    ])
  })
  afterAll(() => stack.close())

  const profile = (email: string) =>
    stack.campaign.campaign.profiles().find((one) => one['email'] === email) ?? {}
  const direct = (change: object) =>
    post(stack.gateway.url, 'direct', { body: directChange(change), headers: { prefer: 'wait=10' } })

  it('applies a change of our own format to whom the filter finds, without anything else to set', async () => {
    const { status, body } = await direct({ match: { cusLoyaltyId: 'L/1' }, set: { phone: '1' } })
    expect({ status, results: body.results }).toMatchObject({
      status: 200,
      results: [{ outcome: 'applied', verified: true }],
    })
    expect(profile('amy@example.com')['phone']).toBe('1')
  })

  it('applies an event of a CRM whose id lies there, every digit of it', async () => {
    const event = JSON.stringify(hubspotEvent({ objectId: 'id', propertyValue: 'Bob' }))
    const sent = `[${event.replace('"id"', '1745500706683617281')}]`
    const { body } = await post(stack.gateway.url, 'hubspot', { body: sent })
    expect(body).toMatchObject({ accepted: 1, rejected: [] })
    await vi.waitFor(() => expect(profile('bob@example.com')['firstName']).toBe('Bob'), 10_000)
  })

  it('refuses a business key that Campaign would take for the filter', async () => {
    const { status, body } = await direct({ match: { cusCrmId: filterName } })
    expect(status).toBe(422)
    expect(body.errors).toMatchObject([{ pointer: '/match/cusCrmId' }])
  })
})

it('does not start with a filter that cannot be, and says what may be', async () => {
  const filters = { cusScore: { name: 'score', parameter: 'score parameter' } }
  const starting = startLocalStack({
    mappings: { ...mappings, filters },
    port: 0,
    campaignPort: 0,
    log: recordedLog(),
  })
  await expect(starting).rejects.toThrow(
    /filters\.cusScore: must be .*\nfilters\.cusScore\.name: must be .*\nfilters\.cusScore\.parameter: must be .*/,
  )
})
