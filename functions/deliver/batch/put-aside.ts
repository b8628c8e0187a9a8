// What a worked record leaves behind: messages for the parked and for the waiting queue. Pure.
import type { SQSRecord } from 'aws-lambda'
import type { Change } from '../../change/change.ts'
import type { Lane } from '../../change/lane.ts'
import {
  type ChangesMessage,
  type FifoMessage,
  MOST_RECEIVES,
  toMovedMessage,
  toRenewedMessage,
  toText,
  type WaitingMessage,
} from '../../change/message.ts'
import { isPutAside, isSentOn, type Outcome } from '../../change/outcome.ts'
import { toParkedChange, toParkedEvent } from '../../change/parked.ts'

/** How one change ended, and what it cost. */
export type End = { readonly outcome: Outcome; readonly engineCalls: number }

/** A record with what its changes came to; no message where the body is not one of ours. */
export type Worked = {
  readonly record: SQSRecord
  readonly lane: Lane
  readonly message: ChangesMessage | undefined
  readonly ended: readonly (readonly [Change, End])[]
}

/** One message for the parked queue per change that is put aside; `at` is epoch milliseconds. */
export const toParked = ({ record, lane, message, ended }: Worked, at: number): readonly FifoMessage[] => {
  if (!message) {
    const detail = 'the body is not a message of changes'
    const parked = { code: 'unreadable', detail, at, lane } as const
    const stamp = { receipt: record.messageId, receivedAt: at }
    return [toParkedEvent(stamp, 0, { source: 'queue', event: record.body, text: record.body, parked })]
  }
  return ended.flatMap(([change, { outcome }]) => {
    if (!isPutAside(outcome)) return []
    const { code, detail } = outcome
    return [toParkedChange(message, change, { code, detail, at, lane }, message.hop)]
  })
}

/** The message with those of its changes that wait for their profile; none where none does. */
export const toWaiting = ({ record, message, ended }: Worked): readonly WaitingMessage[] => {
  const changes = ended.flatMap(([change, { outcome }]) => (outcome.outcome === 'waiting' ? [change] : []))
  if (!message || changes.length === 0) return []
  return [{ body: toText({ ...message, changes }), group: groupOf(record) }]
}

/** The message for the changes queue with those of its changes that are sent on, in the same group; none where none is. */
export const toSentOn = ({ record, message, ended }: Worked): readonly FifoMessage[] => {
  const changes = ended.flatMap(([change, { outcome }]) => (isSentOn(outcome) ? [change] : []))
  if (!message || changes.length === 0) return []
  return [toMovedMessage({ ...message, changes }, groupOf(record))]
}

/** So many receives are left in which the queue may be found to take the new message: hours, at the least. */
const RECEIVES_LEFT = 100

/**
 * The message anew for its own queue, in the same group, where SQS has handed it out so often that it would soon put it
 * aside by itself; none where it has not. A twin, should the old one not be gone, ends as `duplicate`.
 */
export const toRenewed = ({ record, message }: Worked): readonly FifoMessage[] =>
  message && receivesOf(record) >= MOST_RECEIVES - RECEIVES_LEFT
    ? [toRenewedMessage(message, groupOf(record), record.messageId)]
    : []

/** A FIFO queue gives every message a group. */
const groupOf = (record: SQSRecord): string => record.attributes.MessageGroupId ?? ''

export const receivesOf = (record: SQSRecord): number => Number(record.attributes.ApproximateReceiveCount)

/** Whether a change that ends so leaves its queue for another. */
export const isSetAside = (outcome: Outcome): boolean =>
  isPutAside(outcome) || outcome.outcome === 'waiting' || isSentOn(outcome)
