// What a worked record leaves behind: messages for the parked queue, and what of it still has to be tried. Pure.
import type { SQSRecord } from 'aws-lambda'
import type { Change } from '../change/change.ts'
import { type ChangesMessage, type OutgoingMessage, toChangesMessage } from '../change/message.ts'
import { goesBackToQueue, isPutAside } from '../change/outcome.ts'
import { toParkedChange, toParkedEvent } from '../change/parked.ts'
import type { Settled } from './settle.ts'

/** A record with what its changes came to; no message where the body is not one of ours. */
export type Worked = {
  readonly record: SQSRecord
  readonly message: ChangesMessage | undefined
  readonly settled: readonly (readonly [Change, Settled])[]
}

/** One message for the parked queue per change that is put aside; `at` is epoch milliseconds. */
export const toParked = ({ record, message, settled }: Worked, at: number): readonly OutgoingMessage[] => {
  if (!message) {
    const detail = 'the body is not a message of changes'
    const parked = { code: 'unreadable', detail, at, lane: 'changes' } as const
    const stamp = { receipt: record.messageId, receivedAt: at }
    return [toParkedEvent(stamp, 0, { source: 'queue', event: record.body, parked })]
  }
  return settled.flatMap(([change, { outcome }]) => {
    if (!isPutAside(outcome)) return []
    const { code, detail } = outcome
    return [toParkedChange(message, change, { code, detail, at, lane: 'changes' }, message.hop)]
  })
}

/** The changes of a record that are still to be tried, as a message of their own; undefined where there are none. */
export const toRemainder = ({ message, settled }: Worked, group: string): OutgoingMessage | undefined => {
  const left = settled.flatMap(([change, { outcome }]) => (goesBackToQueue(outcome) ? [change] : []))
  return message && left.length > 0
    ? toChangesMessage({ ...message, hop: message.hop + 1, changes: left }, group)
    : undefined
}
