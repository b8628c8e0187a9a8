// From an event on the bus, or a body in the inbox, to a patched profile: real SDK clients, real queues, one machine.
import { readFileSync } from 'node:fs'
import { type EventBridgeClient, PutEventsCommand, StartReplayCommand } from '@aws-sdk/client-eventbridge'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { eventBridgeClient } from '../../infra/local/aws/eventbridge-client.ts'
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts'
import { trackRequests } from '../support/contract.ts'
import { busMappings } from '../support/inbox-messages.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { directChange } from '../support/sent-events.ts'

const log = recordedLog()
let stack: LocalStack
let bus: EventBridgeClient
beforeAll(async () => {
  const environment = { VERIFY: 'never' }
  stack = await startLocalStack({ mappings: busMappings, port: 0, campaignPort: 0, log, environment })
  bus = eventBridgeClient(stack.standIns.environment['AWS_ENDPOINT_URL_EVENTBRIDGE'] ?? '')
  trackRequests(stack.campaign.campaign)
})
afterAll(async () => {
  bus.destroy()
  await stack.close()
})
beforeEach(() => {
  log.lines.length = 0
})

const EventBusName = 'campaign-profile-sync'
/** Answers the id of the event. */
const put = async (detail: unknown, given: object = {}): Promise<string | undefined> => {
  const Detail = typeof detail === 'string' ? detail : JSON.stringify(detail)
  const entry = { EventBusName, Source: 'com.example.crm', DetailType: 'contact.updated', Detail, ...given }
  const { FailedEntryCount, Entries } = await bus.send(new PutEventsCommand({ Entries: [entry] }))
  expect(FailedEntryCount).toBe(0)
  return Entries?.[0]?.EventId
}
const putIntoInbox = (body: object, source: string) =>
  stack.standIns.clients().sqs.send(
    new SendMessageCommand({
      QueueUrl: stack.standIns.queues.inbox.url,
      MessageBody: JSON.stringify(body),
      MessageAttributes: { source: { DataType: 'String', StringValue: source } },
    }),
  )

const outcomes = () =>
  log.lines.flatMap(({ message, outcome }) =>
    message === 'change.delivered' && outcome !== 'deferred' ? [outcome] : [],
  )
const ended = (...expected: readonly string[]) =>
  vi.waitFor(() => expect(outcomes()).toEqual(expected), 15_000)
const profile = (key: string) => stack.campaign.campaign.profiles().find(({ cusCrmId }) => cusCrmId === key)
const engineCalls = () =>
  stack.campaign.campaign.requests().filter(({ path }) => !path.startsWith('/ims/')).length
const change = (key: string, phone: string) =>
  directChange({ id: `evt-${key}`, match: { cusCrmId: key }, set: { phone } })

it('patches the profile, and ends replays and double sends as duplicates that cost no engine call', async () => {
  stack.campaign.campaign.addProfiles([{ cusCrmId: 'bus-1' }])
  await put(change('bus-1', '1'))
  await ended('applied')
  expect(profile('bus-1')).toMatchObject({ phone: '1' })
  const calls = engineCalls()
  for (const ReplayName of ['first', 'second', 'third']) {
    await bus.send(
      new StartReplayCommand({
        ReplayName,
        EventSourceArn: 'arn:aws:events:eu-west-1:000000000000:archive/campaign-profile-sync',
        EventStartTime: new Date(Date.now() - 60_000),
        EventEndTime: new Date(Date.now() + 60_000),
        Destination: { Arn: 'arn:aws:events:eu-west-1:000000000000:event-bus/campaign-profile-sync' },
      }),
    )
  }
  await ended('applied', 'duplicate', 'duplicate', 'duplicate')
  await put(change('bus-1', '1'))
  await ended('applied', 'duplicate', 'duplicate', 'duplicate', 'duplicate')
  expect(engineCalls()).toBe(calls)
})

it('patches the profile for a body in the inbox, and ends it as duplicate when it is put there again', async () => {
  stack.campaign.campaign.addProfiles([{ cusCrmId: 'inbox-1' }])
  const { MessageId } = await putIntoInbox(change('inbox-1', '2'), 'crm')
  await ended('applied')
  expect(profile('inbox-1')).toMatchObject({ phone: '2' })
  // What its sender has got is the receipt, under which everything that becomes of it is told.
  expect(new Set(log.lines.map(({ receipt }) => receipt))).toEqual(new Set([MessageId]))
  const calls = engineCalls()
  await putIntoInbox(change('inbox-1', '2'), 'crm')
  await ended('applied', 'duplicate')
  expect(engineCalls()).toBe(calls)
})

it('takes the event that the README shows', async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const shown = /aws events put-events --entries '([^']+)'/.exec(readme)?.[1] ?? ''
  // As a shell hands it on: nothing is mended.
  const Entries = JSON.parse(shown)
  stack.campaign.campaign.addProfiles([{ email: 'mira.olsen@example.com' }])
  expect(await bus.send(new PutEventsCommand({ Entries }))).toMatchObject({ FailedEntryCount: 0 })
  await ended('applied')
  const profiles = stack.campaign.campaign.profiles()
  expect(profiles.find(({ email }) => email === 'mira.olsen@example.com')).toMatchObject({
    fax: '+4722555012',
  })
})

it('finds a profile by a number that no double holds', async () => {
  const [key, neighbour] = ['9007199254740993', '9007199254740992']
  stack.campaign.campaign.addProfiles([{ cusCrmId: key }, { cusCrmId: neighbour }])
  await put(
    `{"id":"big","occurredAt":"2026-01-01T00:00:00Z","match":{"cusCrmId":${key}},"set":{"phone":"3"}}`,
  )
  await ended('applied')
  expect([profile(key)?.['phone'], profile(neighbour)?.['phone']]).toEqual(['3', ''])
})

it('puts aside what is bad, takes what is good beside it, and never hears what is for others', async () => {
  stack.campaign.campaign.addProfiles([{ cusCrmId: 'bus-2' }])
  await put(change('unheard', '4'), { Source: 'com.example.shop' })
  await put(change('unheard', '4'), { EventBusName: 'default' })
  await put({ id: 'evt-bad' })
  await putIntoInbox(change('unheard', '4'), 'hubspot')
  await put(change('bus-2', '4'))
  await ended('applied')
  await vi.waitFor(async () => {
    const answer = await fetch(`${stack.gateway.url}/_local/queues`)
    expect(await answer.json()).toMatchObject({ inbox: 0, parked: { invalid: 1, 'source-unknown': 1 } })
  }, 15_000)
  expect(log.lines.filter(({ message }) => message === 'delivery.decoded')).toHaveLength(3)
})
