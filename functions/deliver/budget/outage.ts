// When Campaign counts as away, and when it is asked again: pure.
import { CLOCK_SKEW_MILLISECONDS } from '../ledger/ledger.ts'
import { HEALTHY, type Health, isOpen } from './budget.ts'

const FAULTS = 5
const SUBJECTS = 2
const WITHOUT_SUCCESS_MILLISECONDS = 10_000
/** Faults that lie further apart are not one outage: there may have been successes that nobody had to tell. */
const FORGOTTEN_AFTER_MILLISECONDS = 60_000
export const LONGEST_PROBE_MILLISECONDS = 30_000

/**
 * One more fault of the whole, met by `subject`. Undefined where it says nothing new. The breaker opens with it after ten
 * seconds without any success, at least five faults, and on at least two subjects: one bad change is not an outage.
 */
export const withFault = (health: Health, subject: string, now: number): Health | undefined => {
  if (isOpen(health)) return undefined
  const isNew = health.faults === 0 || now - health.lastFaultAt > FORGOTTEN_AFTER_MILLISECONDS
  const before = isNew ? { ...cleared(health), faultsSince: now, faultSubject: subject } : health
  const subjects = isNew ? 1 : subject === before.faultSubject ? before.subjects : SUBJECTS
  const faults = before.faults + 1
  const isOutage =
    faults >= FAULTS && subjects >= SUBJECTS && now - before.faultsSince >= WITHOUT_SUCCESS_MILLISECONDS
  if (isOutage) return { ...before, faults, subjects, lastFaultAt: now, probeAt: now + delayOf(0) }
  // Once there are enough faults only time is missing, or a second subject: that the outage goes on is told now and then.
  const isKnown = before.faults >= FAULTS && subjects === before.subjects
  if (isKnown && now - before.lastFaultAt < WITHOUT_SUCCESS_MILLISECONDS) return undefined
  return { ...before, faults, subjects, lastFaultAt: now }
}

/**
 * Whether others may have opened it since this was seen. Who holds a moment saw the item at most two seconds before it,
 * and by then the first of the faults was on record; clocks may differ.
 */
export const mayHaveOpened = (health: Health, now: number): boolean =>
  !isOpen(health) &&
  health.faults > 0 &&
  now - health.faultsSince >= WITHOUT_SUCCESS_MILLISECONDS - CLOCK_SKEW_MILLISECONDS

/** After a success; undefined where there is nothing to clear. */
export const withoutFaults = (health: Health): Health | undefined =>
  health.faults === 0 && !isOpen(health) ? undefined : cleared(health)

/** One worker takes the probe upon itself; the next is due when this one must have ended, should nobody hear of it again. */
export const claimed = (health: Health, now: number, timeoutMilliseconds: number): Health | undefined =>
  isOpen(health) && now >= health.probeAt
    ? {
        ...health,
        probes: health.probes + 1,
        probeAt: now + timeoutMilliseconds + delayOf(health.probes + 1),
      }
    : undefined

/** The probe that was the `probes`-th got no success: 1, 2, 4 … 30 s lie between them. */
export const probedInVain = (health: Health, probes: number, now: number): Health | undefined =>
  isOpen(health) && health.probes === probes ? { ...health, probeAt: now + delayOf(probes) } : undefined

const delayOf = (probes: number): number => Math.min(LONGEST_PROBE_MILLISECONDS, 1000 * 2 ** probes)

const cleared = (health: Health): Health => {
  const { faults, faultsSince, lastFaultAt, faultSubject, subjects, probeAt, probes } = HEALTHY
  return { ...health, faults, faultsSince, lastFaultAt, faultSubject, subjects, probeAt, probes }
}
