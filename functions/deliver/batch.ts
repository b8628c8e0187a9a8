// An SQS batch: what is final leaves the queue, what must be put aside is parked first, the rest comes back later.
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda'
import { type ChangesMessage, changesMessageSchema } from '../change/message.ts'
import { type Deferred, goesBackToQueue, isPutAside, type Outcome } from '../change/outcome.ts'
import type { Log } from '../runtime/log.ts'
import type { SendMessages } from '../runtime/queue.ts'
import type { Time } from '../runtime/time.ts'
import { type Hidden, hide } from './hide.ts'
import type { LogDelivered } from './log-delivered.ts'
import { toParked, toRemainder, type Worked } from './put-aside.ts'
import { delayMilliseconds } from './retry.ts'
import type { Settle } from './settle.ts'

export type BatchOptions = {
  readonly settle: Settle
  readonly send: SendMessages
  readonly sqs: SQSClient
  readonly queueUrl: string
  readonly parkedQueueUrl: string
  readonly log: Log
  readonly logDelivered: LogDelivered
  readonly time: Time
  readonly random: () => number
}

/** When this invocation began and when it must stop calling, both epoch milliseconds. */
export type Span = { readonly startedAt: number; readonly deadline: number }

export type DeliverBatch = (records: readonly SQSRecord[], span: Span) => Promise<SQSBatchResponse>

/** Works all records of a batch together, so that changes of one profile in several messages become one PATCH. */
export const createDeliverBatch = (options: BatchOptions): DeliverBatch => {
  const { settle, send, sqs, queueUrl, parkedQueueUrl, log, logDelivered, time, random } = options

  const work = async (records: readonly SQSRecord[], deadline: number): Promise<readonly Worked[]> => {
    const messages = records.map((record) => ({ record, message: readMessage(record.body) }))
    const settled = await settle(
      messages.flatMap(({ message }) => message?.changes ?? []),
      deadline,
    )
    return messages.map(({ record, message }) => ({
      record,
      message,
      settled: (message?.changes ?? []).map((change) => [change, settled.get(change) ?? UNSETTLED] as const),
    }))
  }

  /**
   * Parks what is put aside, once: what must be tried again beside it goes on as a message of its own, since the
   * original would bring the refused change back with it every time. Whether all of that is durable.
   */
  const putAside = async (one: Worked, group: string): Promise<boolean> => {
    const parked = toParked(one, time.now())
    if (parked.length === 0) return true
    const remainder = toRemainder(one, group)
    if (remainder && !(await send(queueUrl, [remainder]))) return false
    return send(parkedQueueUrl, parked)
  }

  const delayFor = ({ record, message, settled }: Worked): number => {
    const asked = settled.map(([, { outcome }]) =>
      goesBackToQueue(outcome) ? (outcome.retryAfterMilliseconds ?? 0) : 0,
    )
    return delayMilliseconds({
      receives: receivesOf(record),
      ageMilliseconds: time.now() - (message?.receivedAt ?? time.now()),
      retryAfterMilliseconds: Math.max(0, ...asked),
      random: random(),
    })
  }

  const logAll = (
    { record, message, settled }: Worked,
    startedAt: number,
    read: (outcome: Outcome) => Outcome,
  ) => {
    if (!message) return log.warn('message.unreadable', { messageId: record.messageId })
    for (const [change, { outcome, engineCalls }] of settled) {
      const attempt = { receives: receivesOf(record), startedAt }
      logDelivered(message, change, { outcome: read(outcome), engineCalls }, attempt)
    }
  }

  return async (records, { startedAt, deadline }) => {
    const failed: Hidden[] = []
    const delays = new Map<string, number>()
    for (const one of await work(records, deadline)) {
      const group = one.record.attributes.MessageGroupId ?? one.record.messageId
      const behind = delays.get(group)
      // A later message of a deferred group must not overtake it, nor come back before it; it is parked when it leaves.
      const isDurable = behind === undefined && (await putAside(one, group))
      const isMixed = isDurable && one.settled.some(([, { outcome }]) => isPutAside(outcome))
      const waits = one.settled.some(([, { outcome }]) => goesBackToQueue(outcome))
      if (!isDurable || (waits && !isMixed)) {
        const delay = behind ?? delayFor(one)
        delays.set(group, delay)
        failed.push({ record: one.record, delayMilliseconds: delay })
      }
      const unparked = behind === undefined ? QUEUE_UNAVAILABLE : BEHIND
      logAll(one, startedAt, (outcome) => (isPutAside(outcome) && !isDurable ? unparked : outcome))
    }
    await hide(sqs, queueUrl, failed, log)
    return { batchItemFailures: failed.map(({ record }) => ({ itemIdentifier: record.messageId })) }
  }
}

const UNSETTLED = { outcome: { outcome: 'deferred', code: 'unexpected' }, engineCalls: 0 } as const
const QUEUE_UNAVAILABLE: Deferred = { outcome: 'deferred', code: 'queue-unavailable' }
const BEHIND: Deferred = { outcome: 'deferred', code: 'behind-deferred' }

const receivesOf = (record: SQSRecord): number => Number(record.attributes.ApproximateReceiveCount)

const readMessage = (body: string): ChangesMessage | undefined => {
  try {
    return changesMessageSchema.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}
