// EventBridge's stand-in, asked by the real client as its environment tells it.
import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  ResourceAlreadyExistsException,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { busPattern } from '../../infra/bus-pattern.ts'
import { type StandIns, startStandIns } from '../../infra/local/aws/stand-ins.ts'
import { takeAll } from '../support/taken.ts'

const reports: string[] = []
let standIns: StandIns
let client: EventBridgeClient
beforeAll(async () => {
  standIns = await startStandIns({
    secrets: { campaign: {}, sources: {} },
    busPattern: busPattern(['com.example.crm', 'com.example.erp']),
    report: (text) => reports.push(text),
  })
  for (const [name, value] of Object.entries(standIns.environment)) vi.stubEnv(name, value)
  client = new EventBridgeClient()
})
afterAll(async () => {
  client.destroy()
  await standIns.close()
  vi.unstubAllEnvs()
})
beforeEach(async () => {
  await inbox()
})

const inbox = async () =>
  (await takeAll(standIns.clients().sqs, standIns.queues.inbox.url)).map(({ Body = '' }) => Body)
const entry = (given: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  EventBusName: standIns.environment['EVENT_BUS_NAME'],
  Source: 'com.example.crm',
  DetailType: 'contact.updated',
  Detail: '{"id":"c_1001"}',
  ...given,
})
const put = (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }))

describe('PutEvents', () => {
  it('brings an event in its envelope, and the digits of its detail as they were sent', async () => {
    const Detail = '{"version":1745500706683617281}'
    const Time = new Date('2025-10-09T08:53:19.700Z')
    const { FailedEntryCount, Entries = [] } = await put(entry({ Detail, Time, Resources: ['arn:x'] }))
    expect(FailedEntryCount).toBe(0)
    const [text = '', ...others] = await inbox()
    expect(others).toEqual([])
    expect(text).toContain(`"detail":${Detail}}`)
    expect(JSON.parse(text)).toEqual({
      version: '0',
      id: Entries[0]?.EventId,
      'detail-type': 'contact.updated',
      source: 'com.example.crm',
      account: '000000000000',
      time: '2025-10-09T08:53:19Z',
      region: 'eu-west-1',
      resources: ['arn:x'],
      detail: expect.anything(),
    })
  })

  it('brings what the rule names, from its own bus, named or by ARN', async () => {
    const arn = `arn:aws:events:eu-west-1:000000000000:event-bus/${entry().EventBusName}`
    const others = [
      { Source: 'com.example.crm.test' },
      { Source: 'COM.example.crm' },
      { EventBusName: undefined },
      { EventBusName: 'other' },
    ]
    const { FailedEntryCount } = await put(
      ...others.map(entry),
      entry({ Source: 'com.example.erp', EventBusName: arn }),
    )
    expect(FailedEntryCount).toBe(0)
    expect((await inbox()).map((text) => JSON.parse(text).source)).toEqual(['com.example.erp'])
  })

  it('answers each bad entry in its place, and takes the others', async () => {
    const bad = [
      { Source: undefined },
      { DetailType: '' },
      { Detail: undefined },
      { Detail: '{"id":' },
      { Detail: '[]' },
      { Detail: '"text"' },
      { Source: 'aws.s3' },
    ]
    const { FailedEntryCount, Entries = [] } = await put(...bad.map(entry), entry())
    expect(FailedEntryCount).toBe(bad.length)
    const required = (name: string) => ({
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
    })
    const malformed = { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
    expect(Entries).toEqual([
      required('Source'),
      required('DetailType'),
      required('Detail'),
      malformed,
      malformed,
      malformed,
      { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' },
      { EventId: expect.any(String) },
    ])
    expect(await inbox()).toHaveLength(1)
  })

  it('refuses more than ten entries, none, and more than a mebibyte in all', async () => {
    await expect(put()).rejects.toMatchObject({ name: 'ValidationException' })
    await expect(put(...Array(11).fill(entry()))).rejects.toMatchObject({ name: 'ValidationException' })
    const half = entry({ Detail: JSON.stringify({ text: 'é'.repeat(262_144) }) })
    await expect(put(half, half)).rejects.toThrow(
      'Total size of the entries in the request is over the limit.',
    )
    expect((await put(half)).FailedEntryCount).toBe(0)
    expect(await inbox()).toHaveLength(1)
  })

  it('takes an event that no message of a queue can hold, and says that it could not be brought', async () => {
    const text = 'x'.repeat(1024 * 1024 - 100)
    expect((await put(entry({ Detail: JSON.stringify({ text }) }))).FailedEntryCount).toBe(0)
    expect(await inbox()).toEqual([])
    expect(reports).toEqual(['an event could not be put into the inbox'])
  })
})

it('replays what was put in the time that is asked for, under the name of the replay, once', async () => {
  const at = (text: string) => new Date(`2025-11-01T${text}:00Z`)
  await put(
    entry({ Detail: '{"n":1}', Time: at('10:00') }),
    entry({ Detail: '{"n":2}', Time: at('11:00') }),
    entry({ Detail: '{"n":3}', Time: at('12:00') }),
  )
  const first = await inbox()
  const command = new StartReplayCommand({
    ReplayName: 'refill',
    EventSourceArn: 'arn:aws:events:eu-west-1:000000000000:archive/all',
    EventStartTime: at('11:00'),
    EventEndTime: at('12:00'),
    Destination: { Arn: 'arn:aws:events:eu-west-1:000000000000:event-bus/campaign-profile-sync' },
  })
  expect(await client.send(command)).toMatchObject({ State: 'STARTING' })
  const replayed = (await inbox()).map((text) => JSON.parse(text))
  const second = first.map((text) => JSON.parse(text)).find(({ detail }) => detail.n === 2)
  expect(replayed).toEqual([{ ...second, 'replay-name': 'refill' }])
  await expect(client.send(command)).rejects.toBeInstanceOf(ResourceAlreadyExistsException)
})
