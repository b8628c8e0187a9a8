// Finds the one profile a change names. Never the first of many, never one that only looks like it.
import type { Change, MatchEntry, Values } from '../change/change.ts'
import { type Clock, changeClock } from '../change/clock.ts'
import type { MatchBy } from '../change/mapping.ts'
import type { PutAside } from '../change/outcome.ts'
import { isConsent } from '../change/profile.ts'
import type { Pseudonym } from '../runtime/pseudonym.ts'
import type { Time } from '../runtime/time.ts'
import type { Address, Campaign } from './campaign/campaign.ts'
import { CampaignError } from './campaign/campaign-error.ts'
import type { Call } from './campaign/exchange.ts'
import type { ProfileRecord } from './campaign/record.ts'
import { type Found, holdsAnother, toFound } from './found.ts'
import type { Ledger } from './ledger/ledger.ts'
import { createRemembered } from './remembered.ts'

/** Where a change goes: a profile the ledger knows under `identity`. Not `found`: a business key taken at its word. */
export type Target = {
  readonly identity: string
  readonly address: Address
  readonly found: Found | undefined
  /** Which match entry decided. */
  readonly entry: number
}

export type Matched =
  | { readonly target: Target }
  | { readonly outcome: PutAside | { readonly outcome: 'superseded' } }

export type Match = {
  /** The target by the change's match entries from `from` on. Throws CampaignError or LedgerError. */
  readonly find: (change: Change, from: number, call: Call) => Promise<Matched>
  /** The target named by a memory that proved wrong, or by one of the values about to be written, is looked up again. */
  readonly forget: (identity: string, written?: Values) => void
}

export type MatchOptions = MatchBy & {
  readonly campaign: Campaign
  readonly ledger: Ledger
  readonly pseudonym: Pseudonym
  readonly time: Time
}

export const createMatch = (options: MatchOptions): Match => {
  const { campaign, ledger, businessKey, pseudonym, time } = options
  const remembered = createRemembered(time, options)
  const pending = new Map<string, Promise<readonly Found[]>>()

  const ask = async (entry: MatchEntry, call: Call): Promise<readonly Found[]> => {
    const { attribute, value } = entry
    // From before the question: what is written while it travels must not look older than the answer.
    const readAt = time.now()
    const shown = (record: ProfileRecord) => toFound(record, readAt, options, pseudonym)
    if (attribute !== 'PKey' && attribute !== businessKey)
      return (await campaign.find(entry, call)).map(shown)
    const address = attribute === 'PKey' ? { PKey: value } : { key: value }
    try {
      return [shown(await campaign.read(address, call))]
    } catch (error) {
      if (error instanceof CampaignError && error.fault.kind === 'not-found') return []
      throw error
    }
  }

  /** Changes of one batch that name the same profile ask once. */
  const lookUp = async (entry: MatchEntry, mayRecall: boolean, call: Call): Promise<readonly Found[]> => {
    const recalled = mayRecall ? remembered.recall(entry) : undefined
    if (recalled) return [recalled]
    const name = pseudonym(entry.attribute, entry.value)
    const keep = remembered.keeper(entry)
    const asking = pending.get(name) ?? ask(entry, call).finally(() => pending.delete(name))
    pending.set(name, asking)
    const found = await asking
    const [only, other] = found
    if (only && !other) keep(only)
    return found
  }

  return {
    forget: remembered.forget,
    find: async (change, from, call) => {
      let several = false
      for (const [position, entry] of change.match.entries()) {
        if (position < from) continue
        const { attribute, value } = entry
        if (attribute === businessKey && position === 0) {
          return {
            target: {
              identity: pseudonym(attribute, value),
              address: { key: value },
              found: undefined,
              entry: 0,
            },
          }
        }
        const tombstone = await ledger.tombstoneOf(pseudonym(attribute, value))
        if (isErased(change, tombstone)) return { outcome: { outcome: 'superseded' } }
        const [found, other] = await lookUp(entry, !touchesConsent(change), call)
        if (other) several = true
        if (!found || other) continue
        if (change.match.slice(0, position).some((earlier) => holdsAnother(found, earlier, businessKey))) {
          return {
            outcome: ambiguous(
              'the profile found by a later match entry holds another value for an earlier one',
            ),
          }
        }
        return { target: { identity: found.identity, address: { PKey: found.PKey }, found, entry: position } }
      }
      return { outcome: several ? ambiguous('several profiles match') : unmatched }
    },
  }
}

/** Whether a change is not newer than the erasure of the person it names. */
export const isErased = (change: Change, tombstone: Clock | undefined): boolean =>
  tombstone !== undefined && changeClock(change) <= tombstone

const unmatched: PutAside = { outcome: 'unmatched', code: 'unmatched', detail: 'no profile matches' }
const ambiguous = (detail: string): PutAside => ({ outcome: 'ambiguous', code: 'ambiguous', detail })

const touchesConsent = (change: Change): boolean =>
  [...Object.keys(change.set), ...Object.keys(change.restate)].some(isConsent)
