// Puts what a delivery came to on the queues: changes by lane, what nobody can decode on the parked queue.
import type { Change, MatchEntry } from '../change/change.ts'
import { byLane } from '../change/lane.ts'
import { type DeliveryStamp, type FifoMessage, toChangesMessages } from '../change/message.ts'
import type { Pseudonym } from '../runtime/pseudonym.ts'
import type { SendMessages } from '../runtime/queue.ts'

export type MakeDurableDependencies = {
  readonly send: SendMessages
  readonly changesQueueUrl: string
  readonly consentQueueUrl: string
  readonly parkedQueueUrl: string
  /** MODE=observe: nothing is put aside. */
  readonly isObserving: boolean
}

/** True when nothing of it can be lost any more; else it has to be sent again under the same or another receipt. */
export type MakeDurable = (given: {
  readonly stamp: DeliveryStamp
  readonly changes: readonly Change[]
  readonly parked: readonly FifoMessage[]
  readonly pseudonym: Pseudonym
}) => Promise<boolean>

export const createMakeDurable =
  ({ send, isObserving, ...queues }: MakeDurableDependencies): MakeDurable =>
  async ({ stamp, changes: given, parked, pseudonym }) => {
    const groupOf = ({ attribute, value }: MatchEntry) => pseudonym(attribute, value)
    const { changes, consent } = byLane(given, groupOf)
    const durable = await Promise.all([
      send(queues.consentQueueUrl, toChangesMessages(stamp, consent, groupOf)),
      send(queues.changesQueueUrl, toChangesMessages(stamp, changes, groupOf)),
      send(queues.parkedQueueUrl, isObserving ? [] : parked),
    ])
    return !durable.includes(false)
  }
