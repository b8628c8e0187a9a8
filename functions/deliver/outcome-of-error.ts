// What an error means for the change it met: the one place that turns faults into outcomes.
import type { Change } from '../change/change.ts'
import type { Outcome, PutAside } from '../change/outcome.ts'
import { SecretError } from '../runtime/secrets.ts'
import { CampaignError, type Fault } from './campaign/campaign-error.ts'
import { LeaseLost, LedgerError } from './ledger/ledger.ts'
import { REASONS } from './reasons.ts'
import { HandedBack } from './suspect/handed-back.ts'

/**
 * How a change ended at one profile; `not-found` means the record does not exist, so the match goes on. One that is
 * `erased` is older than a deletion of the person: it ends `superseded`, but for an opt-out it may hold.
 */
export type Ended = Outcome | { readonly outcome: 'not-found' } | typeof ERASED
export const ERASED = { outcome: 'erased' } as const

/** The same end for all of them. */
export const allEnd = (changes: readonly Change[], end: Ended): ReadonlyMap<Change, Ended> =>
  new Map(changes.map((change) => [change, end]))

/** Refused for what a change holds, known or not: tried one by one, the others must not suffer. */
export const isRefusal = (error: unknown): error is CampaignError =>
  error instanceof CampaignError && REFUSALS.has(error.fault.kind)

const REFUSALS: ReadonlySet<Fault['kind']> = new Set(['refused', 'unexplained', 'exists'])

/** Whether an error concerns some of several changes only: the others go on without them. */
export const isOfSome = (error: unknown): error is CampaignError =>
  isRefusal(error) || (error instanceof CampaignError && error.fault.kind === 'units-unread')

/** Whether a refused creation may mean that the profile is there: said in words, or in v8's one sentence for everything. */
export const mayExist = ({ fault }: CampaignError): boolean =>
  fault.kind === 'unexplained' || fault.kind === 'exists'

/** The end an error means for a change. Rethrows what nobody foresaw. */
export const endOf = (error: unknown): Ended => {
  if (error instanceof LedgerError || error instanceof LeaseLost || error instanceof HandedBack)
    return { outcome: 'deferred', code: error.code }
  if (error instanceof SecretError) return { outcome: 'deferred', code: 'secrets-unavailable' }
  if (!(error instanceof CampaignError)) throw error
  const { fault } = error
  switch (fault.kind) {
    case 'refused':
      return { outcome: 'parked', code: fault.code, detail: REASONS[fault.code] }
    // Looked for again, nobody has the keys that name it: it is another key that is taken.
    case 'exists':
      return { outcome: 'parked', code: 'duplicate-key', detail: REASONS['duplicate-key'] }
    case 'not-found':
      return { outcome: 'not-found' }
    case 'whole':
    case 'units-unread':
      return { outcome: 'deferred', code: fault.code, retryAfterMilliseconds: fault.retryAfterMilliseconds }
    case 'bad-url':
    case 'unexplained':
      return { outcome: 'deferred', code: 'refused-unexplained' }
    case 'lost':
      return { outcome: 'deferred', code: 'answer-lost' }
    case 'unsent':
      return { outcome: 'deferred', code: fault.code }
  }
}

/** The end of what names by its PKey alone somebody who is not there. */
export const UNCREATABLE: PutAside = {
  outcome: 'unmatched',
  code: 'unmatched',
  detail: `${REASONS.unmatched}, and none can be created by its PKey`,
}
