// What lies in the parked queue, for a person: a change or an event, and why nobody went on with it.
import type { Change } from './change.ts'
import type { Lane } from './lane.ts'
import { type DeliveryStamp, deduplicationId, type FifoMessage, MESSAGE_BYTES, toText } from './message.ts'
import type { ParkedCode } from './outcome.ts'
import type { Problem, ProblemCode } from './read/problem.ts'

/** Why something was put aside, for the person who looks at it. `at` is epoch milliseconds, `lane` where it came from. */
export type Parked = {
  readonly code: ParkedCode | ProblemCode
  readonly detail: string
  readonly at: number
  readonly lane: Lane
}

/** An event that nobody could decode; `index` is its place in the body that it came in. */
export type RejectedEvent = {
  readonly index: number
  readonly problems: readonly [Problem, ...Problem[]]
  readonly event: unknown
}

/** A message for the parked queue that holds one change. `hop` is that of the message it came in. */
export const toParkedChange = (
  stamp: DeliveryStamp,
  change: Change,
  parked: Parked,
  hop = 0,
): FifoMessage => {
  const { receipt, receivedAt } = stamp
  return alone(deduplicationId(stamp, change.index, hop), {
    v: 1,
    receipt,
    receivedAt,
    changes: [change],
    parked,
  })
}

/** `text` is what it came in, for an event that cannot be written again. */
export type ParkedEvent = {
  readonly source: string
  readonly event: unknown
  readonly text: string
  readonly parked: Parked
}

/**
 * A message for the parked queue that holds an event nobody could decode. What cannot be written down whole (it is too
 * large, or nested too deep) is kept as the beginning of its text: the events beside it must not be lost with it.
 */
export const toParkedEvent = (
  stamp: DeliveryStamp,
  index: number,
  { source, event, text, parked }: ParkedEvent,
): FifoMessage => {
  const id = deduplicationId(stamp, index, 0)
  const whole = written(() => alone(id, { v: 1, source, event, parked }))
  if (whole && Buffer.byteLength(whole.body) <= MESSAGE_BYTES) return whole
  const kept = written(() => (typeof event === 'string' ? event : toText(event))) ?? text
  return alone(id, { v: 1, source, event: { beginning: kept.slice(0, BEGINNING_CHARACTERS) }, parked })
}

/** The rejected events of a body (`text`), each as a person will find it; `at` is epoch milliseconds. */
export const toParkedEvents = (
  stamp: DeliveryStamp,
  { source, text }: Pick<ParkedEvent, 'source' | 'text'>,
  rejected: readonly RejectedEvent[],
  at: number,
): readonly FifoMessage[] =>
  rejected.map(({ index, event, problems: [{ code, detail, pointer }] }) =>
    toParkedEvent(stamp, index, {
      source,
      event,
      text,
      parked: { code, detail: `${pointer} ${detail}`.trimStart(), at, lane: 'changes' },
    }),
  )

/** Of a text that is escaped character by character, at most six bytes each, this much always fits. */
const BEGINNING_CHARACTERS = 64 * 1024

/** What `write` makes, or undefined where the event is nested deeper than it can be written. */
const written = <Result>(write: () => Result): Result | undefined => {
  try {
    return write()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

// A group of its own, so that nothing waits behind it.
const alone = (id: string, body: unknown): FifoMessage => ({
  body: toText(body),
  groupId: id,
  deduplicationId: id,
})
