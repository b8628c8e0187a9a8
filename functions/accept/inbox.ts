// What lies in the inbox: an event as a rule of EventBridge puts it there, or the body of a sender that has no bus. Pure.
import type { SQSRecord } from 'aws-lambda'
import * as z from 'zod'
import { busSourcesOf, type Mappings } from '../change/mapping.ts'
import type { DeliveryStamp } from '../change/message.ts'
import type { Problem } from '../change/read/problem.ts'
import { parseJsonText } from './parse.ts'

/** What a source of ours sent; or whom it calls its sender, and why it is nothing that can be decoded. */
export type Letter =
  | { readonly source: string; readonly payload: unknown }
  | { readonly sender: string; readonly problem: Problem; readonly event: unknown }

export type ReadLetter = (record: Pick<SQSRecord, 'body' | 'messageAttributes'>) => Letter

/** EventBridge's envelope, of which nothing else is needed: our own format knows no such keys. */
const envelopeSchema = z.object({ source: z.string(), 'detail-type': z.string(), detail: z.unknown() })

const SENDER_ATTRIBUTE = 'source'
/** EventBridge's longest source is as long; what claims more is nobody's name. */
const LONGEST_SENDER = 256

/** The text is parsed once, so that no digit of a number is lost on the way. Never throws. */
export const createReadLetter = (mappings: Mappings): ReadLetter => {
  const ofBus = busSourcesOf(mappings)
  const isOfInbox = (name: string) => mappings.sources[name]?.bus !== undefined

  return ({ body, messageAttributes }) => {
    const parsed = parseJsonText(body)
    const attribute = messageAttributes[SENDER_ATTRIBUTE]
    const named = attribute ? (attribute.stringValue ?? '') : mappings.inbox
    if (!parsed) return { sender: named ?? '', problem: NOT_JSON, event: body }
    const envelope = envelopeSchema.safeParse(parsed.payload).data
    const sender = envelope ? envelope.source : (named ?? '')
    const source = envelope ? ofBus.get(sender) : isOfInbox(sender) ? sender : undefined
    if (source !== undefined) return { source, payload: envelope ? envelope.detail : parsed.payload }
    const problem = envelope ? NOT_ON_THE_BUS : attribute ? NOT_IN_THE_INBOX : NAMES_NOBODY
    return { sender: sender.slice(0, LONGEST_SENDER), problem, event: parsed.payload }
  }
}

/**
 * The message's own id, so that a message which comes again (SQS delivers at least once) is the same delivery again: SQS
 * drops what was queued for it in the last five minutes, the ledger ends anything later as `duplicate`, and an event
 * that is parked is parked once. Received when SQS got it: what waited here has waited, and decoding at another moment
 * decides nothing anew. `now` is epoch milliseconds.
 */
export const stampOf = (
  { messageId, attributes }: Pick<SQSRecord, 'messageId' | 'attributes'>,
  now: number,
): DeliveryStamp => {
  const sentAt = Number(attributes.SentTimestamp)
  return { receipt: messageId, receivedAt: Number.isSafeInteger(sentAt) && sentAt > 0 ? sentAt : now }
}

const problem = (code: Problem['code'], detail: string): Problem => ({ code, detail, pointer: '' })
const NOT_JSON = problem('unreadable', 'the body is not JSON')
const NOT_ON_THE_BUS = problem(
  'source-unknown',
  'no source in mappings.ts has the source of this event in its bus',
)
const NOT_IN_THE_INBOX = problem(
  'source-unknown',
  'no source with bus in mappings.ts has the name in the attribute source',
)
const NAMES_NOBODY = problem('source-unknown', 'it has no attribute source, and mappings.ts names no inbox')
