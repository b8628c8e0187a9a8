// An SQS batch: what is final leaves the queue, what must be put aside is parked first, the rest comes back later.
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda'
import type { Change } from '../change/change.ts'
import {
  type ChangesMessage,
  changesMessageSchema,
  type OutgoingMessage,
  toParkedChange,
  toParkedEvent,
} from '../change/message.ts'
import { type Deferred, goesBackToQueue, isPutAside } from '../change/outcome.ts'
import type { SendMessages } from '../runtime/queue.ts'
import type { Time } from '../runtime/time.ts'
import { type Hidden, hide } from './hide.ts'
import type { LogDelivered } from './log-delivered.ts'
import { delayMilliseconds } from './retry.ts'
import type { Settle, Settled } from './settle.ts'

export type BatchOptions = {
  readonly settle: Settle
  readonly send: SendMessages
  readonly sqs: SQSClient
  readonly queueUrl: string
  readonly parkedQueueUrl: string
  readonly logDelivered: LogDelivered
  readonly time: Time
  readonly random: () => number
}

/** When this invocation began and when it must stop calling, both epoch milliseconds. */
export type Span = { readonly startedAt: number; readonly deadline: number }

export type DeliverBatch = (records: readonly SQSRecord[], span: Span) => Promise<SQSBatchResponse>

/** A record with what its changes came to; no message where the body is not one of ours. */
type Worked = {
  readonly record: SQSRecord
  readonly message: ChangesMessage | undefined
  readonly settled: readonly (readonly [Change, Settled])[]
}

/** Works all records of a batch together, so that changes of one profile in several messages become one PATCH. */
export const createDeliverBatch = (options: BatchOptions): DeliverBatch => {
  const { settle, send, sqs, queueUrl, parkedQueueUrl, logDelivered, time, random } = options

  const work = async (records: readonly SQSRecord[], deadline: number): Promise<readonly Worked[]> => {
    const messages = records.map((record) => ({ record, message: readMessage(record.body) }))
    const settled = await settle(
      messages.flatMap(({ message }) => message?.changes ?? []),
      deadline,
    )
    const ends = settled.values()
    return messages.map(({ record, message }) => ({
      record,
      message,
      settled: (message?.changes ?? []).flatMap((change) => {
        const end = ends.next().value
        return end ? [[change, end] as const] : []
      }),
    }))
  }

  const toParked = ({ record, message, settled }: Worked): readonly OutgoingMessage[] => {
    const at = time.now()
    if (!message) {
      const stamp = { receipt: record.messageId, receivedAt: at }
      const parked = {
        code: 'unreadable',
        detail: 'the body is not a message of changes',
        at,
        lane: 'changes',
      } as const
      return [toParkedEvent(stamp, 0, { source: 'queue', event: record.body, parked })]
    }
    return settled.flatMap(([change, { outcome }]) =>
      isPutAside(outcome)
        ? [
            toParkedChange(
              message,
              change,
              { code: outcome.code, detail: outcome.detail, at, lane: 'changes' },
              message.hop,
            ),
          ]
        : [],
    )
  }

  const delayFor = ({ record, message, settled }: Worked): number => {
    const asked = settled.flatMap(([, { outcome }]) =>
      goesBackToQueue(outcome) ? [outcome.retryAfterMilliseconds ?? 0] : [],
    )
    return delayMilliseconds({
      receives: Number(record.attributes.ApproximateReceiveCount),
      ageMilliseconds: time.now() - (message?.receivedAt ?? time.now()),
      retryAfterMilliseconds: Math.max(0, ...asked),
      random: random(),
    })
  }

  return async (records, { startedAt, deadline }) => {
    const worked = await work(records, deadline)
    const parkedNow = await Promise.all(
      worked.map(async (one) => {
        const messages = toParked(one)
        return messages.length === 0 || (await send(parkedQueueUrl, messages))
      }),
    )
    const failed: Hidden[] = []
    const delays = new Map<string, number>()
    for (const [position, one] of worked.entries()) {
      const group = one.record.attributes.MessageGroupId ?? one.record.messageId
      const isParked = parkedNow[position] === true
      const mustReturn = !isParked || one.settled.some(([, { outcome }]) => goesBackToQueue(outcome))
      // A later message of a deferred group must not overtake it, nor come back before it.
      const delay = delays.get(group) ?? (mustReturn ? delayFor(one) : undefined)
      if (delay !== undefined) {
        delays.set(group, delay)
        failed.push({ record: one.record, delayMilliseconds: delay })
      }
      for (const [change, settled] of one.settled) {
        const outcome = isPutAside(settled.outcome) && !isParked ? queueUnavailable : settled.outcome
        if (one.message) {
          const receives = Number(one.record.attributes.ApproximateReceiveCount)
          logDelivered(one.message, change, { ...settled, outcome }, { receives, startedAt })
        }
      }
    }
    await hide(sqs, queueUrl, failed)
    return { batchItemFailures: failed.map(({ record }) => ({ itemIdentifier: record.messageId })) }
  }
}

const queueUnavailable: Deferred = { outcome: 'deferred', code: 'queue-unavailable' }

const readMessage = (body: string): ChangesMessage | undefined => {
  try {
    return changesMessageSchema.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}
