// One call that waits for its moment: who goes first, and why it may be turned away instead.

import { CampaignError } from '../campaign/campaign-error.ts'
import type { Call } from '../campaign/exchange.ts'
import { NotAnswered } from '../campaign/transport.ts'
import { type Health, isOpen } from './budget.ts'

export type Waiter = {
  readonly call: Call
  /** Lower goes first; those of one rank go in the order they came. */
  readonly rank: number
  /** A moment at or after this one (epoch ms) is no use. */
  readonly lastAt: number
  readonly resolve: (until: number) => void
  readonly reject: (error: unknown) => void
}

/**
 * An answer needs its time before the deadline: a write that is cut off keeps its profile for a minute. A fifth of the
 * time-out is kept for it, but never more than a quarter of the time that there was.
 */
const PART_OF_TIMEOUT = 5
const PART_OF_TIME_LEFT = 4

export const waiterFor = (
  call: Call,
  given: Pick<Waiter, 'resolve' | 'reject'> & { readonly now: number; readonly timeoutMilliseconds: number },
): Waiter => {
  const { now, timeoutMilliseconds, resolve, reject } = given
  const kept = Math.min(timeoutMilliseconds / PART_OF_TIMEOUT, (call.deadline - now) / PART_OF_TIME_LEFT)
  return { call, rank: rankOf(call), lastAt: call.deadline - Math.max(0, kept), resolve, reject }
}

/** What has begun is ended first: a search whose write finds no moment any more was paid for nothing. */
const rankOf = ({ isProbe, isConsent, hasBegun }: Call): number =>
  isProbe ? 0 : isConsent ? 1 : hasBegun?.() ? 2 : 3

/** Consent and probes. */
export const isAhead = ({ rank }: Waiter): boolean => rank <= 1

/** Why nothing is going to be sent for it; undefined while it may wait. */
export const refusalOf = ({ call, lastAt }: Waiter, health: Health | undefined, now: number): unknown => {
  const refusal = refusalWhileOpen(call, health, now)
  if (refusal) return refusal
  if (now >= lastAt) return new NotAnswered('too-late', undefined)
  if (health && health.pausedUntil >= lastAt) {
    const retryAfterMilliseconds = health.pausedUntil - now
    return new CampaignError('Campaign asked for a pause', {
      kind: 'whole',
      code: 'throttled',
      retryAfterMilliseconds,
    })
  }
  return undefined
}

/** A probe alone is sent while the breaker is open. */
export const refusalWhileOpen = (
  { isProbe }: Call,
  health: Health | undefined,
  now: number,
): CampaignError | undefined =>
  health && isOpen(health) && !isProbe
    ? new CampaignError('nobody gets an answer', {
        kind: 'whole',
        code: 'breaker-open',
        retryAfterMilliseconds: Math.max(0, health.probeAt - now),
      })
    : undefined
