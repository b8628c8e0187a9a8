// An SQS batch: what is final leaves the queue, what must be put aside is parked first, the rest comes back later.
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda'
import { LANES, type Lane } from '../../change/lane.ts'
import { readMessage } from '../../change/message.ts'
import {
  type Deferred,
  goesBackToQueue,
  type Outcome,
  UNEXPECTED,
  WAITS_WITH_OTHERS,
} from '../../change/outcome.ts'
import type { Log } from '../../runtime/log.ts'
import type { Metrics } from '../../runtime/metrics.ts'
import type { SendMessages } from '../../runtime/queue.ts'
import type { Time } from '../../runtime/time.ts'
import type { Settle } from '../settle.ts'
import type { Alone } from '../suspect/alone.ts'
import type { Names } from '../suspect/names.ts'
import type { Ending } from './ending.ts'
import { type Hidden, hide } from './hide.ts'
import { createLaneOfRecord } from './lane-of-record.ts'
import type { LogDelivered } from './log-delivered.ts'
import { createLogWorked } from './log-worked.ts'
import { isSetAside, receivesOf, toParked, toRenewed, toSentOn, toWaiting, type Worked } from './put-aside.ts'
import { delayMilliseconds, SHORTEST_MILLISECONDS } from './retry.ts'

export type BatchOptions = {
  readonly settle: Settle
  readonly alone: Pick<Alone, 'watch'>
  readonly note: Names['note']
  readonly wholeOf: Names['wholeOf']
  readonly ending: Ending
  /** Then nothing is parked: every change ends as `observed`, and a body that cannot be read only leaves the queue. */
  readonly isObserving: boolean
  readonly send: SendMessages
  readonly sqs: SQSClient
  readonly queueUrls: Readonly<Record<Lane, string>>
  readonly parkedQueueUrl: string
  readonly waitingQueueUrl: string
  readonly log: Log
  readonly metrics: Metrics
  readonly logDelivered: LogDelivered
  readonly time: Time
  readonly random: () => number
}

/** When this invocation began and when it must stop calling, both epoch milliseconds. */
export type Span = { readonly startedAt: number; readonly deadline: number }

export type DeliverBatch = (records: readonly SQSRecord[], span: Span) => Promise<SQSBatchResponse>

/** Works all records of a batch together, so that changes of one profile in several messages become one PATCH. */
export const createDeliverBatch = (options: BatchOptions): DeliverBatch => {
  const { settle, alone, note, wholeOf, ending, send, sqs, queueUrls, log, time, random } = options
  const laneOf = createLaneOfRecord(queueUrls.consent)
  const logWorked = createLogWorked(options)

  const hideAll = async (hidden: readonly Hidden[]): Promise<void> => {
    for (const lane of LANES) {
      const own = hidden.filter(({ record }) => laneOf(record) === lane)
      await hide(sqs, queueUrls[lane], own, log)
    }
  }

  const work = async (records: readonly SQSRecord[], deadline: number): Promise<readonly Worked[]> => {
    const messages = records.map((record) => {
      const message = readMessage(record.body)
      if (message) note(message, message.hop, message.changes)
      return { record, lane: laneOf(record), message }
    })
    // This invocation may not live to answer: every other message is handed back at once, also what has not begun yet.
    const stop = alone.watch(async (changes) => {
      const wholes = new Set(changes.map(wholeOf))
      const left = messages.filter(({ message }) => !message?.changes.some((change) => wholes.has(change)))
      await hideAll(left.map(({ record }) => ({ record, delayMilliseconds: SHORTEST_MILLISECONDS })))
      return left.flatMap(({ message }) => message?.changes ?? [])
    })
    const all = messages.flatMap(({ message }) => message?.changes ?? [])
    const settled = await settle(all, deadline).finally(stop)
    return messages.map(({ record, lane, message }) => ({
      record,
      lane,
      message,
      ended: (message?.changes ?? []).map((change) => {
        const end = settled.get(change) ?? UNSETTLED
        const age = time.now() - (message?.receivedAt ?? time.now())
        return [change, { outcome: ending(change, end, age, lane), engineCalls: end.engineCalls }] as const
      }),
    }))
  }

  /** Puts aside what a record that leaves the queue leaves behind; whether all of that is durable. */
  const putAside = async (one: Worked): Promise<boolean> => {
    const parked = options.isObserving ? [] : toParked(one, time.now())
    const [waiting, sentOn] = [toWaiting(one), toSentOn(one)]
    return (
      (parked.length === 0 || (await send(options.parkedQueueUrl, parked))) &&
      (waiting.length === 0 || (await send(options.waitingQueueUrl, waiting))) &&
      (sentOn.length === 0 || (await send(queueUrls.changes, sentOn)))
    )
  }

  /** Whether what goes back does so as a new message, and the old one is done with. */
  const isRenewed = async (one: Worked): Promise<boolean> => {
    const renewed = toRenewed(one)
    return renewed.length > 0 && send(queueUrls[one.lane], renewed)
  }

  const delayFor = ({ record, lane, message, ended }: Worked): number => {
    const deferred = ended.map(([, { outcome }]) => outcome).filter(goesBackToQueue)
    const asked = deferred.map(({ retryAfterMilliseconds = 0 }) => retryAfterMilliseconds)
    // Nothing is wrong with what was only handed back.
    const isUntried = deferred.every(({ code }) => code === 'handed-back')
    return delayMilliseconds({
      receives: isUntried ? 1 : receivesOf(record),
      ageMilliseconds: time.now() - (message?.receivedAt ?? time.now()),
      retryAfterMilliseconds: Math.max(0, ...asked),
      random: random(),
      lane,
    })
  }

  return async (records, { startedAt, deadline }) => {
    const failed: Hidden[] = []
    const delays = new Map<string, number>()
    for (const one of await work(records, deadline)) {
      const group = one.record.attributes.MessageGroupId ?? one.record.messageId
      const behind = delays.get(group)
      const waits = behind !== undefined || one.ended.some(([, { outcome }]) => goesBackToQueue(outcome))
      // A message leaves as a whole: what is put aside beside a change that waits is parked when all of it has ended,
      // since nobody remembers that it was parked before. A later message of a deferred group must not overtake it, nor
      // come back before it.
      const leaves = !waits && (await putAside(one))
      if (!leaves) {
        const delay = behind ?? delayFor(one)
        delays.set(group, delay)
        if (!(await isRenewed(one))) failed.push({ record: one.record, delayMilliseconds: delay })
      }
      const unparked = waits ? WAITS_WITH_OTHERS : QUEUE_UNAVAILABLE
      const read = (outcome: Outcome) => (isSetAside(outcome) && !leaves ? unparked : outcome)
      logWorked(one, { leaves, read, startedAt })
    }
    await hideAll(failed)
    return { batchItemFailures: failed.map(({ record }) => ({ itemIdentifier: record.messageId })) }
  }
}

const UNSETTLED = { outcome: UNEXPECTED, engineCalls: 0 }
const QUEUE_UNAVAILABLE: Deferred = { outcome: 'deferred', code: 'queue-unavailable' }
