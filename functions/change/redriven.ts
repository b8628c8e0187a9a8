// The way back from the parked queue: what a parked message is, and what is sent for it. Pure.
import * as z from 'zod'
import { type Change, changeSchema, type MatchEntry } from './change.ts'
import { laneOf } from './lane.ts'
import { type ChangesMessage, deduplicationId, type FifoMessage, readMessage, toText } from './message.ts'

/** A message as the parked queue hands it out. `sentAt` is epoch milliseconds. */
export type ReceivedParked = {
  readonly messageId: string
  readonly body: string
  readonly deduplicationId: string
  readonly sentAt: number
}

/** What lies there: why, since when, and the changes, or none where it is an event that nobody could decode. */
export type ParkedContent = {
  readonly code: string
  readonly at: number
  readonly message: ChangesMessage | undefined
}

/** Without a reason of ours it was SQS that put it there, after too many receives. */
const CRASHED = 'crashed'

const parkedSchema = z.object({
  receipt: z.string().optional(),
  changes: z.array(changeSchema).min(1).optional(),
  parked: z.object({ code: z.string(), at: z.number() }),
})

export const readParked = ({ body, deduplicationId: id, sentAt }: ReceivedParked): ParkedContent => {
  const read = parkedSchema.safeParse(parsed(body))
  if (!read.success) return { code: CRASHED, at: sentAt, message: readMessage(body) }
  const { receipt, changes, parked } = read.data
  const message =
    receipt !== undefined && changes
      ? { v: 1 as const, receipt, receivedAt: parked.at, hop: hopOf(id), changes }
      : undefined
  return { ...parked, message }
}

/**
 * The message as it goes back: received now, so that it has all its time again, one hop further, in the group that its
 * first match has today. Its deduplication id ends in the parked message's own id: however often that one is sent within
 * five minutes it arrives once, and nothing else that was ever sent is taken for it, such as a part of the same
 * delivery that waited and was moved on at the same hop.
 */
export const toRedriven = (
  message: ChangesMessage,
  given: {
    readonly messageId: string
    readonly now: number
    readonly groupOf: (entry: MatchEntry) => string
  },
): FifoMessage => {
  const hop = message.hop + 1
  const [{ index, match }] = message.changes as readonly [Change, ...Change[]]
  return {
    body: toText({ ...message, receivedAt: given.now, hop }),
    groupId: given.groupOf(match[0]),
    deduplicationId: `${deduplicationId(message, index, hop)}-${given.messageId}`,
  }
}

/** Whether a message belongs into the lane of consent: one of its changes touches it. */
export const belongsToConsent = ({ changes }: ChangesMessage): boolean =>
  changes.some((change) => laneOf(change) === 'consent')

/** The body of a parked change has no hop; its deduplication id ends in it. */
const hopOf = (id: string): number => Number(/-(\d{1,9})$/.exec(id)?.[1] ?? 0)

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
