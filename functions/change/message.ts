// What lies on the queues: the changes of one match of one delivery, as text.
import * as z from 'zod'
import { type Change, changeSchema, type MatchEntry } from './change.ts'

/** What every message of one delivery says. `receivedAt` is epoch milliseconds. */
export type DeliveryStamp = { readonly receipt: string; readonly receivedAt: number }

/** A queue body. All changes have the same first match entry; `hop` counts how often it was sent on. */
export type ChangesMessage = DeliveryStamp & {
  readonly v: 1
  readonly hop: number
  readonly changes: readonly Change[]
}

/** A message of a FIFO queue. `deduplicationId` only stops SQS's own double sends. */
export type FifoMessage = {
  readonly body: string
  readonly groupId: string
  readonly deduplicationId: string
}

/** A message of a standard queue, which carries the group it will have on the changes queue. */
export type WaitingMessage = { readonly body: string; readonly group: string }

export type OutgoingMessage = FifoMessage | WaitingMessage

/** The most SQS takes, in one message and in one batch (SQS quotas). */
export const MESSAGE_BYTES = 1024 * 1024
/** SQS itself puts aside what it has handed out more often than this, the most it can be told (API reference, RedrivePolicy). */
export const MOST_RECEIVES = 1000
/** SQS keeps a message for fourteen days; put aside in time, its changes have fourteen more. */
export const LONGEST_AGE_MILLISECONDS = 12 * 24 * 60 * 60 * 1000
/** Room for what a body holds besides its changes. */
const ENVELOPE_BYTES = 1024

export const changesMessageSchema: z.ZodType<ChangesMessage> = z.object({
  v: z.literal(1),
  receipt: z.string().min(1),
  receivedAt: z.int(),
  hop: z.int().nonnegative(),
  changes: z.array(changeSchema).min(1),
})

/** Reads a queue body; undefined where it is not one of ours. */
export const readMessage = (body: string): ChangesMessage | undefined => {
  try {
    return changesMessageSchema.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}

/** The message as it goes on: the same changes, one hop further. */
export const toMovedMessage = (message: ChangesMessage, groupId: string): FifoMessage => {
  const hop = message.hop + 1
  return {
    body: toText({ ...message, hop }),
    groupId,
    deduplicationId: deduplicationId(message, message.changes[0]?.index ?? 0, hop),
  }
}

/**
 * The message as it comes back to its own queue: the same in everything, so that what is known of its changes stays known.
 * Its deduplication id ends in that of the message it replaces: nothing else that was ever sent is taken for it.
 */
export const toRenewedMessage = (
  message: ChangesMessage,
  groupId: string,
  messageId: string,
): FifoMessage => ({
  body: toText(message),
  groupId,
  deduplicationId: `${deduplicationId(message, message.changes[0]?.index ?? 0, message.hop)}-${messageId}`,
})

/** Whether a change fits a message of its own. */
export const fitsMessage = (change: Change): boolean => bytesOf(change) <= MESSAGE_BYTES - ENVELOPE_BYTES

/** Messages for the changes queue: one per first match entry, more only where 1 MiB does not hold them. */
export const toChangesMessages = (
  stamp: DeliveryStamp,
  changes: readonly Change[],
  groupOf: (entry: MatchEntry) => string,
): readonly FifoMessage[] =>
  [...Map.groupBy(changes, ({ match: [first] }) => groupOf(first))].flatMap(([groupId, members]) =>
    chunksOf(members).map((chunk) => ({
      body: toText({ v: 1, ...stamp, hop: 0, changes: chunk }),
      groupId,
      deduplicationId: deduplicationId(stamp, chunk[0]?.index ?? 0, 0),
    })),
  )

/** Tells SQS its own double sends: the delivery, a place in it, and how often it was sent on. */
export const deduplicationId = ({ receipt }: DeliveryStamp, position: number, hop: number): string =>
  `${receipt}-${position}-${hop}`

/**
 * JSON that SQS takes. JSON escapes control characters and lone surrogates by itself, but U+FFFE and U+FFFF are refused
 * by SQS (API reference, SendMessage) and stay valid JSON when escaped. So do characters beyond the basic plane, which
 * SQS takes and fauxqs does not. `bigint` is written as its digits, as text.
 */
export const toText = (body: unknown): string =>
  JSON.stringify(body, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  ).replace(/[\uD800-\uDFFF\uFFFE\uFFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`)

const bytesOf = (change: Change): number => Buffer.byteLength(toText(change)) + 1

const chunksOf = (changes: readonly Change[]): readonly (readonly Change[])[] => {
  const chunks: Change[][] = []
  let bytes = 0
  for (const change of changes) {
    const size = bytesOf(change)
    const last = chunks.at(-1)
    if (last && bytes + size <= MESSAGE_BYTES - ENVELOPE_BYTES) {
      last.push(change)
      bytes += size
    } else {
      chunks.push([change])
      bytes = size
    }
  }
  return chunks
}
