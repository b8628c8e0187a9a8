// What lies in the inbox, as Lambda hands it to the function behind it.
import type { SQSRecord } from 'aws-lambda'
import type { Mappings } from '../../functions/change/mapping.ts'
import { mappings } from './mappings.ts'

/** The mapping of the tests with a source of the bus, which has no secret. */
export const busMappings = {
  ...mappings,
  sources: { ...mappings.sources, crm: { kind: 'direct', bus: ['com.example.crm'] } },
} satisfies Mappings

/** An event as a rule of EventBridge puts it into a queue; `detail` is JSON, as text where its digits matter. */
export const anEvent = (detail: unknown, more: object = {}): string => {
  const envelope = {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': 'contact.updated',
    source: 'com.example.crm',
    account: '123456789012',
    time: '2026-01-01T00:00:01Z',
    region: 'eu-west-1',
    resources: [],
    ...more,
  }
  const text = typeof detail === 'string' ? detail : JSON.stringify(detail)
  return `${JSON.stringify(envelope).slice(0, -1)},"detail":${text}}`
}

/** A message of the inbox; `source` is what its sender put into the attribute of this name. */
export const inInbox = (
  body: unknown,
  { messageId = crypto.randomUUID(), source, sentAt = Date.now() }: InboxMessage = {},
): SQSRecord => ({
  messageId,
  receiptHandle: `handle-${messageId}`,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: String(sentAt),
    SenderId: 'AIDAEXAMPLE',
    ApproximateFirstReceiveTimestamp: String(sentAt),
  },
  messageAttributes:
    source === undefined
      ? {}
      : { source: { stringValue: source, stringListValues: [], binaryListValues: [], dataType: 'String' } },
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:inbox',
  awsRegion: 'eu-west-1',
})

export type InboxMessage = {
  readonly messageId?: string
  readonly source?: string
  /** Epoch milliseconds. */
  readonly sentAt?: number
}
