// What a worked record leaves behind: messages for the parked queue. Pure.
import type { SQSRecord } from 'aws-lambda'
import type { Change } from '../change/change.ts'
import type { ChangesMessage, OutgoingMessage } from '../change/message.ts'
import { isPutAside } from '../change/outcome.ts'
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
