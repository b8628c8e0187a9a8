// How much of the schedule a worker takes at once: pure.
import type { BudgetState } from './budget.ts'
import { aheadOf, gapAt, reservable } from './pace.ts'

/** A slab: at 20 calls per second a ledger write for four calls, and four busy workers fit into what is given away ahead. */
const SLAB_MILLISECONDS = 250
/** Fractions of milliseconds that get lost on the way to the ledger and back. */
const ROUNDING_MILLISECONDS = 1

export type Wants = {
  /** Calls that have no moment yet, those of consent among them. */
  readonly all: number
  readonly consent: number
  /** Whether one of them asks if Campaign is back. */
  readonly isProbe: boolean
}

export type Slab = {
  /** None where everything is given away as far as anybody may look ahead; `opensAt` (epoch ms) says when to look again. */
  readonly count: number
  readonly opensAt: number
  readonly gap: number
  readonly earliest: number
  readonly latest: number
}

/** `took` is how long the ledger needs to answer (ms): a moment that is over by then helps nobody. */
export const slabFor = (
  { nextAt, health }: BudgetState,
  callsPerSecond: number,
  wants: Wants,
  { now, took }: { readonly now: number; readonly took: number },
): Slab => {
  const gap = gapAt(callsPerSecond, health, now)
  const earliest = Math.max(now + took, health.pausedUntil)
  const first = Math.max(nextAt, earliest)
  const most = Math.max(1, Math.floor(SLAB_MILLISECONDS / gap))
  const ordinary = Math.min(most, wants.all)
  const consent = Math.min(most, wants.consent, reservable(first, gap, now, true))
  // All of it or nothing: a call at a time, as moments come free, would cost as many ledger writes.
  const fits = reservable(first, gap, now, false) >= ordinary
  const count = Math.max(fits ? ordinary : 0, consent)
  const opensAt = first - aheadOf(wants.consent > 0) + (wants.consent > 0 ? 0 : (ordinary - 1) * gap)
  return {
    count,
    opensAt,
    gap,
    earliest,
    latest: now + aheadOf(!fits) - (count - 1) * gap + ROUNDING_MILLISECONDS,
  }
}
