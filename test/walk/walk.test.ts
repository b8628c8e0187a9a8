// From a CRM's signed bytes to a patched profile, over real HTTP and real queues, on one machine.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts'
import { trackRequests } from '../support/contract.ts'
import { mappings } from '../support/mappings.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { post, type SourceName } from '../support/sender.ts'
import { hubspotEvent } from '../support/sent-events.ts'

const log = recordedLog()
let stack: LocalStack
beforeAll(async () => {
  stack = await startLocalStack({ mappings, port: 0, campaignPort: 0, log, environment: { VERIFY: 'never' } })
  trackRequests(stack.campaign.campaign)
})
afterAll(() => stack.close())

const send = (source: SourceName, body: unknown) => post(stack.gateway.url, source, { body })

let events = 0
const edit = (objectId: number, propertyName: string, propertyValue: string, occurredAt: number) => {
  events += 1
  return hubspotEvent({ eventId: events, objectId, propertyName, propertyValue, occurredAt })
}

const settled = (count: number) =>
  vi.waitFor(() => {
    const ended = log.lines.filter(
      ({ message, outcome }) => message === 'change.delivered' && outcome !== 'deferred',
    )
    expect(ended.length).toBeGreaterThanOrEqual(count)
    return ended
  }, 15_000)
const profile = (key: number) =>
  stack.campaign.campaign.profiles().find(({ cusCrmId }) => cusCrmId === `${key}`)
const patchesOf = (key: number) =>
  stack.campaign.campaign
    .requests()
    .filter(({ method, path }) => method === 'PATCH' && path.endsWith(`/${key}`)).length

it('makes one PATCH of a HubSpot delivery of three property events of one contact', async () => {
  stack.campaign.campaign.addProfiles([{ cusCrmId: '1246965' }])
  log.lines.length = 0
  const now = Date.now()
  const answer = await send('hubspot', [
    edit(1246965, 'firstname', 'Zoë', now - 3000),
    edit(1246965, 'city', 'Łódź', now - 2000),
    edit(1246965, 'mobilephone', '+48 600 000 000', now - 1000),
  ])
  expect(answer).toMatchObject({ status: 202, body: { accepted: 3, ignored: 0, rejected: [] } })
  const lines = await settled(3)
  expect(lines.map(({ outcome, engineCalls }) => [outcome, engineCalls])).toEqual([
    ['applied', 1],
    ['applied', 0],
    ['applied', 0],
  ])
  expect(patchesOf(1246965)).toBe(1)
  expect(profile(1246965)).toMatchObject({
    firstName: 'Zoë',
    mobilePhone: '+48 600 000 000',
    location: expect.objectContaining({ city: 'Łódź' }),
  })
})

it('lets the later of two edits stay, though the earlier one arrives after it', async () => {
  stack.campaign.campaign.addProfiles([{ cusCrmId: '2' }])
  const now = Date.now()
  log.lines.length = 0
  await send('hubspot', [edit(2, 'phone', 'later', now - 1000)])
  await settled(1)
  await send('hubspot', [edit(2, 'phone', 'earlier', now - 60_000)])
  const lines = await settled(2)
  expect(lines.map(({ outcome }) => outcome)).toEqual(['applied', 'superseded'])
  expect(profile(2)).toMatchObject({ phone: 'later' })
  expect(patchesOf(2)).toBe(1)
})

it('ends a re-sent HubSpot delivery as duplicate and writes nothing again', async () => {
  stack.campaign.campaign.addProfiles([{ cusCrmId: '3' }])
  const delivery = [edit(3, 'phone', '1', Date.now() - 1000)]
  log.lines.length = 0
  await send('hubspot', delivery)
  await settled(1)
  await send(
    'hubspot',
    delivery.map((event) => ({ ...event, attemptNumber: 1 })),
  )
  expect((await settled(2)).map(({ outcome }) => outcome)).toEqual(['applied', 'duplicate'])
  expect(patchesOf(3)).toBe(1)
})

it('brings a change through when Campaign is away for a moment', async () => {
  const { campaign } = stack.campaign
  campaign.addProfiles([{ cusCrmId: '4' }])
  campaign.addFaults([{ match: { method: 'PATCH' }, times: 2, answer: { status: 503 } }])
  log.lines.length = 0
  await send('hubspot', [edit(4, 'phone', 'at last', Date.now() - 1000)])
  await settled(1)
  expect(profile(4)).toMatchObject({ phone: 'at last' })
})

it('says what happened to every change in ids and names only', async () => {
  stack.campaign.campaign.addProfiles([{ cusCrmId: 'canary-key', email: 'canary@example.com' }])
  log.lines.length = 0
  const change = (id: string, match: object) => ({
    id,
    occurredAt: new Date(Date.now() - 1000).toISOString(),
    match,
    set: { firstName: 'canaryFirst', location: { city: 'canaryCity' }, phone: 'canaryPhone' },
  })
  const answer = await send('direct', [
    change('by-email', { email: 'canary@example.com' }),
    change('unknown', { email: 'canary-unknown@example.com' }),
    { ...change('bad', { email: 'canary@example.com' }), set: { gender: 'canaryGender' } },
  ])
  expect(answer.status).toBe(202)
  await settled(2)
  expect(JSON.stringify([log.lines, answer.body]).toLowerCase()).not.toContain('canary')
  const [line] = log.lines.filter(({ message }) => message === 'change.delivered')
  expect(Object.keys(line ?? {}).toSorted()).toEqual([
    ...[
      'ageMs',
      'attributes',
      'changeId',
      'code',
      'engineCalls',
      'index',
      'level',
      'message',
      'ms',
      'outcome',
    ],
    ...['receipt', 'source', 'subject'],
  ])
})
