// Finds the one profile a change names. Never the first of many, never one that only looks like it.
import type { Change, MatchEntry, Values } from '../../change/change.ts'
import { onlyOptsOut, touchesConsent } from '../../change/lane.ts'
import type { MatchBy } from '../../change/mapping.ts'
import type { PutAside } from '../../change/outcome.ts'
import type { Pseudonym } from '../../runtime/pseudonym.ts'
import type { Time } from '../../runtime/time.ts'
import type { Address, Campaign } from '../campaign/campaign.ts'
import { CampaignError } from '../campaign/campaign-error.ts'
import type { Call } from '../campaign/exchange.ts'
import type { ProfileRecord } from '../campaign/record.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { ERASED } from '../outcome-of-error.ts'
import { REASONS } from '../reasons.ts'
import { isErased, isGone } from './erased.ts'
import { type Found, holdsAnother, toFound } from './found.ts'
import { createRemembered } from './remembered.ts'

/** Where a change goes: a profile the ledger knows under `identity`. Not `found`: a business key taken at its word. */
export type Target = {
  readonly identity: string
  readonly address: Address
  readonly found: Found | undefined
  /** Which match entry decided. */
  readonly entry: number
}

export type Matched = { readonly target: Target } | { readonly outcome: PutAside | typeof ERASED }

export type Looked = { readonly found: Found; readonly entry: number } | { readonly outcome: PutAside }

export type Match = {
  /** The target by the change's match entries from `from` on. Throws CampaignError or LedgerError. */
  readonly find: (change: Change, from: number, call: Call) => Promise<Matched>
  /**
   * Asks Campaign by every entry until one decides, a business key too, and believes no memory: for whoever holds the
   * leases of all of them. Throws CampaignError.
   */
  readonly look: (match: Change['match'], call: Call) => Promise<Looked>
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

  /** The first entry from `from` on that finds exactly one profile decides; `askFor` may end the search. */
  const decide = async <End>(
    match: Change['match'],
    from: number,
    askFor: (entry: MatchEntry) => Promise<readonly Found[] | { readonly outcome: End }>,
  ): Promise<Looked | { readonly outcome: End }> => {
    let several = false
    for (const [position, entry] of match.entries()) {
      if (position < from) continue
      const answer = await askFor(entry)
      if ('outcome' in answer) return answer
      const [found, other] = answer
      if (other) several = true
      if (!found || other) continue
      const isOther = (earlier: MatchEntry): boolean => holdsAnother(found, earlier, businessKey)
      return match.slice(0, position).some(isOther)
        ? { outcome: ambiguous(HOLDS_ANOTHER) }
        : { found, entry: position }
    }
    return { outcome: several ? ambiguous(REASONS.ambiguous) : unmatched }
  }

  const known = ({ attribute, value }: MatchEntry) => ledger.read(pseudonym(attribute, value))

  /** Only opt-outs are looked for whose person was about to be deleted. */
  const isOfNobody = async (change: Change): Promise<boolean> =>
    onlyOptsOut(change) && (await Promise.all(change.match.map(known))).some((one) => isGone(change, one))

  return {
    forget: remembered.forget,
    look: (match, call) => decide<PutAside>(match, 0, (entry) => ask(entry, call)),
    find: async (change, from, call) => {
      const [first] = change.match
      if (from === 0 && first.attribute === businessKey) {
        const identity = pseudonym(first.attribute, first.value)
        return { target: { identity, address: { key: first.value }, found: undefined, entry: 0 } }
      }
      const decided = await decide(change.match, from, async (entry) => {
        if (isErased(change, await known(entry))) return { outcome: ERASED }
        return lookUp(entry, !touchesConsent(change), call)
      })
      if ('outcome' in decided)
        return decided.outcome === unmatched && (await isOfNobody(change)) ? { outcome: ERASED } : decided
      const { found, entry } = decided
      return { target: { identity: found.identity, address: { PKey: found.PKey }, found, entry } }
    },
  }
}

const HOLDS_ANOTHER = 'the profile found by a later match entry holds another value for an earlier one'
const unmatched: PutAside = { outcome: 'unmatched', code: 'unmatched', detail: REASONS.unmatched }
export const ambiguous = (detail: string): PutAside => ({ outcome: 'ambiguous', code: 'ambiguous', detail })
