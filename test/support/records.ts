// Changes and SQS records made by hand: any batch AWS could hand out, and some it could not.
import type { SQSRecord } from 'aws-lambda'
import type { Action, Change, MatchEntry, Values } from '../../functions/change/change.ts'
import { LANES, type Lane } from '../../functions/change/lane.ts'
import { readMessage, toMovedMessage } from '../../functions/change/message.ts'
import { GROUP_ATTRIBUTE } from '../../functions/runtime/queue.ts'
import type { SentMessage } from './in-memory-aws.ts'

let made = 0
const unique = (): number => {
  made += 1
  return made
}

export type GivenChange = {
  readonly action?: Action
  readonly match: readonly [MatchEntry, ...MatchEntry[]]
  readonly set?: Values
  readonly restate?: Values
  readonly id?: string
  readonly index?: number
  readonly source?: string
  readonly occurredAt?: number
  readonly sequence?: string
  readonly isDeletion?: true
}

/** A change as accept would have queued it. */
export const aChange = (given: GivenChange): Change => ({
  // Later ones sort behind earlier ones, however many a process has made: ids decide between equal times.
  id: `evt_${String(unique()).padStart(9, '0')}`,
  index: 0,
  source: 'direct',
  occurredAt: Date.parse('2026-11-22T09:00:00.000Z'),
  action: 'update',
  set: {},
  restate: {},
  ...given,
})

export type GivenRecord = {
  readonly receipt?: string
  readonly receivedAt?: number
  readonly receives?: number
  readonly group?: string
  readonly hop?: number
  readonly lane?: Lane
}

/** A record of the changes queue, or of the lane it names, received just now unless it says otherwise: what is old is put aside. */
export const aRecord = (changes: readonly Change[], given: GivenRecord = {}): SQSRecord => {
  const receivedAt = given.receivedAt ?? Date.now()
  const first = changes[0]?.match[0]
  const receipt = given.receipt ?? `receipt-${unique()}`
  return recordOf({
    body: JSON.stringify({ v: 1, receipt, receivedAt, hop: given.hop ?? 0, changes }),
    group: given.group ?? `${first?.attribute}:${first?.value.toLowerCase()}`,
    receives: given.receives ?? 1,
    lane: given.lane,
  })
}

/** What the mover makes of a message that waited. */
export const aMovedRecord = ({ MessageBody, MessageAttributes }: SentMessage): SQSRecord => {
  const message = readMessage(MessageBody)
  const group = MessageAttributes?.[GROUP_ATTRIBUTE]?.StringValue
  if (!message || group === undefined) throw new Error('what waits is a message of changes with its group')
  return recordOf({ body: toMovedMessage(message, group).body, group, receives: 1 })
}

/** What SQS makes of a message of the queue of a lane. */
export const aQueuedRecord = ({ MessageBody, MessageGroupId = '', QueueUrl }: SentMessage): SQSRecord =>
  recordOf({
    body: MessageBody,
    group: MessageGroupId,
    receives: 1,
    lane: LANES.find((lane) => QueueUrl.endsWith(`/${lane}.fifo`)),
  })

const recordOf = ({
  body,
  group,
  receives,
  lane = 'changes',
}: {
  body: string
  group: string
  receives: number
  lane?: Lane | undefined
}): SQSRecord => {
  const number = unique()
  return {
    messageId: `message-${number}`,
    receiptHandle: `handle-${number}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '0',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '0',
      MessageGroupId: group,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:eu-west-1:000000000000:${lane}.fifo`,
    awsRegion: 'eu-west-1',
  }
}
