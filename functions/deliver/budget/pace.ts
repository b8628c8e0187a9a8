// How fast calls may follow each other: the budget, and what Campaign bears of it just now. Pure.
import type { Health } from './budget.ts'

/**
 * Calls are spread evenly, a little slower than allowed: at 95 % one call more than the budget takes 1053 ms at any
 * budget, so a call may reach Campaign 52 ms late before any sliding second sees too many.
 */
const SHARE_OF_BUDGET = 0.95
/** Half of what is left over for lateness is a worker's own (timers, a busy sandbox), the rest is the network's. */
export const LATEST_MILLISECONDS = 25
/** How far ahead moments are given away: so much is lost at most when a worker ends, and so long nobody can overtake. */
const AHEAD_MILLISECONDS = 1000
/** Consent may look further: there is room for it left behind everything that others have taken. */
const AHEAD_OF_CONSENT_MILLISECONDS = 2000

/** 2 % of the budget per second: half the pace is whole again after 25 s, sooner than a slow Campaign is asked twice. */
const GROWTH_PER_SECOND = 0.02
/** However slow Campaign is, a tenth of the pace goes on: only an answer can show that it is faster again. */
const LEAST_SHARE = 0.1
/** What asks for more is asked again then; a change still waits as long as Campaign said. */
const LONGEST_PAUSE_MILLISECONDS = 15 * 60 * 1000
/** A second 429 this soon after a pause says that it is the pace, not the moment. */
const AGAIN_MILLISECONDS = 10_000

/** Milliseconds from one call to the next. */
export const gapAt = (callsPerSecond: number, health: Health, now: number): number =>
  1000 / (callsPerSecond * SHARE_OF_BUDGET * shareAt(health, now))

/** How many calls may be reserved, when the first of them goes at `first` and each `gap` milliseconds later. */
export const reservable = (first: number, gap: number, now: number, isConsent: boolean): number => {
  const until = now + aheadOf(isConsent)
  return first > until ? 0 : Math.floor((until - first) / gap) + 1
}

export const aheadOf = (isConsent: boolean): number =>
  isConsent ? AHEAD_OF_CONSENT_MILLISECONDS : AHEAD_MILLISECONDS

const shareAt = (health: Health, now: number): number =>
  Math.min(1, health.share + (GROWTH_PER_SECOND * Math.max(0, now - growsFrom(health))) / 1000)

const growsFrom = ({ slowedAt, pausedUntil }: Health): number => Math.max(slowedAt, pausedUntil)

/** Halved, for everyone; undefined where the call went out before everyone could know of the last time. */
export const slowed = (health: Health, sentAt: number, now: number): Health | undefined =>
  sentAt < knownTo(health)
    ? undefined
    : { ...health, share: Math.max(LEAST_SHARE, shareAt(health, now) / 2), slowedAt: now }

/** After a 429: paused until then where Campaign says when, and slowed where it does not, or says it again. */
export const throttled = (
  health: Health,
  { sentAt, now, retryAfterMilliseconds }: { sentAt: number; now: number; retryAfterMilliseconds?: number },
): Health | undefined => {
  if (retryAfterMilliseconds === undefined) return slowed(health, sentAt, now)
  const until = now + Math.min(retryAfterMilliseconds, LONGEST_PAUSE_MILLISECONDS)
  // Those that were under way together are answered together, each a little later.
  const isLonger = until > health.pausedUntil + AHEAD_MILLISECONDS
  if (sentAt < knownTo(health) && !isLonger) return undefined
  const isAgain = sentAt >= knownTo(health) && sentAt < growsFrom(health) + AGAIN_MILLISECONDS
  const share = isAgain ? Math.max(LEAST_SHARE, shareAt(health, now) / 2) : shareAt(health, now)
  return { ...health, share, slowedAt: now, pausedUntil: Math.max(until, health.pausedUntil) }
}

/** What others had reserved by then is sent at the old pace. */
const knownTo = ({ slowedAt }: Health): number => (slowedAt === 0 ? 0 : slowedAt + AHEAD_MILLISECONDS)
