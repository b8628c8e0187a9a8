// How one change ended: a closed set, the same words in answers, log lines and the parked queue.

/** Why a change was put aside for a person. */
export const PARKED_CODES = [
  'unmatched',
  'ambiguous',
  'attribute-unknown',
  'attribute-read-only',
  'value-refused',
  'key-change-refused',
  'duplicate-key',
  'key-malformed',
  'org-unit-unknown',
  'unreadable',
  'changed-since',
  'refused-unexplained',
  'crashed',
  'consent-unclear',
  'expired',
] as const
export type ParkedCode = (typeof PARKED_CODES)[number]

/** Why a change has to be tried again. */
export const DEFERRED_CODES = [
  'lease-held',
  'lease-lost',
  'ledger-unavailable',
  'deadline',
  'answer-lost',
  'unreachable',
  'throttled',
  'breaker-open',
  'unavailable',
  'credentials-refused',
  'organization-refused',
  'endpoint-unknown',
  'default-org-unit-unknown',
  'href-refused',
  'queue-unavailable',
  'waits-with-others',
  'handed-back',
  'sent-on',
  'refused-unexplained',
  'secrets-unavailable',
  'unexpected',
] as const
export type DeferredCode = (typeof DEFERRED_CODES)[number]

/** How a change that was only observed would have ended. */
export const OBSERVED_CODES = [
  'applied',
  'created',
  'unchanged',
  'superseded',
  'duplicate',
  'unmatched',
  'ambiguous',
  'parked',
  'waiting',
] as const

/** Which record was written, as Campaign's answer names it. */
type Written = { readonly PKey?: string | undefined; readonly href?: string | undefined }

/** At least one attribute was written. `verified` is absent when the read-back was not asked for or not possible. */
export type Applied = Written & {
  readonly outcome: 'applied'
  readonly changed: readonly string[]
  readonly verified?: boolean | undefined
}

/** The profile was not there; it was made with these attributes. */
export type Created = Omit<Applied, 'outcome'> & { readonly outcome: 'created' }

/** Campaign held these values already. */
export type Unchanged = Written & { readonly outcome: 'unchanged' }

/** Put aside with the reason; nobody will try it again by itself. */
export type PutAside = {
  readonly outcome: 'unmatched' | 'ambiguous' | 'parked'
  readonly code: ParkedCode
  readonly detail: string
}

export type Deferred = {
  readonly outcome: 'deferred'
  readonly code: DeferredCode
  /** What Campaign asked for, if it did. */
  readonly retryAfterMilliseconds?: number | undefined
}

/** No profile yet: it is looked for again until WAIT_HOURS have passed. */
export type Waiting = { readonly outcome: 'waiting' }

/** MODE=observe: nothing was written. `code` is how the change would have ended, `profile` the ledger's pseudonym of it. */
export type Observed = {
  readonly outcome: 'observed'
  readonly code: (typeof OBSERVED_CODES)[number]
  /** The attributes that would have been written. */
  readonly changed: readonly string[]
  readonly profile?: string | undefined
}

export type FinalOutcome =
  | Applied
  | Created
  | Unchanged
  | { readonly outcome: 'superseded' }
  | { readonly outcome: 'duplicate' }
  | Observed
  | PutAside

export type Outcome = FinalOutcome | Waiting | Deferred

/** Whether the change has ended: nobody will work on it again by itself. */
export const isFinal = (outcome: Outcome): outcome is FinalOutcome =>
  outcome.outcome !== 'deferred' && outcome.outcome !== 'waiting'

/** No profile was found in the lane of consent: the change goes on in the other, where its profile may be queued. */
export const SENT_ON: Deferred = { outcome: 'deferred', code: 'sent-on' }
export const isSentOn = (outcome: Outcome): boolean =>
  outcome.outcome === 'deferred' && outcome.code === SENT_ON.code

/** Nobody foresaw what came of it. */
export const UNEXPECTED: Deferred = { outcome: 'deferred', code: 'unexpected' }
/** Nothing is wrong with it, but what it goes with has not ended. */
export const WAITS_WITH_OTHERS: Deferred = { outcome: 'deferred', code: 'waits-with-others' }

/** The one place that says what goes back to the queue it came from. */
export const goesBackToQueue = (outcome: Outcome): outcome is Deferred =>
  outcome.outcome === 'deferred' && !isSentOn(outcome)

/** The one place that says what is put aside for a person. */
export const isPutAside = (outcome: Outcome): outcome is PutAside =>
  outcome.outcome === 'unmatched' || outcome.outcome === 'ambiguous' || outcome.outcome === 'parked'
