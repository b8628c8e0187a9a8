// What a change comes to, given its age and what this installation wants of changes without a profile. Pure.
import type { Change } from '../../change/change.ts'
import { isMissed, type Lane } from '../../change/lane.ts'
import { LONGEST_AGE_MILLISECONDS } from '../../change/message.ts'
import {
  type FinalOutcome,
  isFinal,
  type Observed,
  type Outcome,
  type PutAside,
  SENT_ON,
  type Waiting,
} from '../../change/outcome.ts'
import { REASONS } from '../reasons.ts'
import type { Settled } from '../tally.ts'

export type EndingSettings = {
  readonly unmatched: 'wait' | 'park' | 'create'
  readonly waitMilliseconds: number
  readonly isObserving: boolean
}

/** The outcome that is told and acted upon. */
export type Ending = (change: Change, settled: Settled, ageMilliseconds: number, lane: Lane) => Outcome

const EXPIRED: PutAside = { outcome: 'parked', code: 'expired', detail: REASONS.expired }

/**
 * What nobody matches in the lane of consent is sent on: what creates its profile may be queued in the other lane, and
 * only there can it be unmatched. An unmatched change waits for its profile, an opt-out for as long as any change may; of
 * a deletion in the CRM it waits as any change does, also where others make their profiles. What has not ended after
 * twelve days is put aside as `expired`. Where nothing is written every end is told as `observed`.
 */
export const createEnding = ({ unmatched, waitMilliseconds, isObserving }: EndingSettings): Ending => {
  const waits = (change: Change, { outcome }: Outcome, age: number): boolean =>
    outcome === 'unmatched' &&
    (unmatched === 'wait' || (unmatched === 'create' && change.isDeletion === true)) &&
    (age < waitMilliseconds || isMissed(change))

  const currentOf = (change: Change, settled: Outcome, age: number, lane: Lane): Outcome => {
    // It goes on to where a change may create its profile; while observing none does.
    if (lane === 'consent' && settled.outcome === 'unmatched' && !isObserving) return SENT_ON
    return waits(change, settled, age) ? { outcome: 'waiting' } : settled
  }

  return (change, { outcome: settled, profile }, age, lane) => {
    const current = currentOf(change, settled, age, lane)
    const outcome = !isFinal(current) && age >= LONGEST_AGE_MILLISECONDS ? EXPIRED : current
    return isObserving && isFinalOrWaiting(outcome) ? toObserved(outcome, profile) : outcome
  }
}

/** What is told of an end that did not come to pass; `profile` is the ledger's pseudonym of whom it would have met. */
export const toObserved = (outcome: FinalOutcome | Waiting, profile: string | undefined): Observed =>
  outcome.outcome === 'observed'
    ? outcome
    : {
        outcome: 'observed',
        code: outcome.outcome,
        changed: 'changed' in outcome ? outcome.changed : [],
        ...(profile !== undefined && { profile }),
      }

const isFinalOrWaiting = (outcome: Outcome): outcome is FinalOutcome | Waiting =>
  outcome.outcome !== 'deferred'
