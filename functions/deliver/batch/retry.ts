// When a deferred change is tried again: pure, chance is an argument.
import type { Lane } from '../../change/lane.ts'

/** `receives` is how often the message was handed out, `random` is in [0, 1). */
export type Waited = {
  readonly receives: number
  readonly ageMilliseconds: number
  readonly retryAfterMilliseconds?: number | undefined
  readonly random: number
  /** `changes` unless given. */
  readonly lane?: Lane | undefined
}

export const SHORTEST_MILLISECONDS = 1000
/**
 * Consent waits less: an opt-out is awaited by a person, and its lane is never long. It is applied within three minutes
 * after an outage, of which thirty seconds may pass before anybody asks Campaign, and a quarter of this is jitter.
 */
const LONGEST_MILLISECONDS: Readonly<Record<Lane, number>> = {
  changes: 15 * 60 * 1000,
  consent: 110 * 1000,
}
/** SQS hides a message for twelve hours at most, counted from its receipt (API reference, ChangeMessageVisibility). */
const LONGEST_HIDDEN_MILLISECONDS = 11 * 60 * 60 * 1000
/** Up to a quarter more, so that what failed together does not come back together; never less than was asked for. */
const JITTER = 0.25

/**
 * Doubles with every receive, but a young change is tried soon and an old one seldom: at least a second, at most a
 * quarter of its age and fifteen minutes (consent: two, nearly). What Campaign asked for in Retry-After is the least.
 */
export const delayMilliseconds = ({
  receives,
  ageMilliseconds,
  retryAfterMilliseconds = 0,
  random,
  lane = 'changes',
}: Waited): number => {
  const doubled = 1000 * 2 ** Math.max(0, receives - 1)
  const backoff = Math.max(
    SHORTEST_MILLISECONDS,
    Math.min(doubled, ageMilliseconds / 4, LONGEST_MILLISECONDS[lane]),
  )
  const delay = Math.max(backoff, retryAfterMilliseconds) * (1 + JITTER * random)
  return Math.min(delay, LONGEST_HIDDEN_MILLISECONDS)
}
