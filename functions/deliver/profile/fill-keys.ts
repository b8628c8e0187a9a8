// A profile was found after all: what it holds empty of the entries that name it is filled, its key above all.
import type { MatchEntry } from '../../change/change.ts'
import type { PutAside } from '../../change/outcome.ts'
import type { Pseudonym } from '../../runtime/pseudonym.ts'
import type { Campaign } from '../campaign/campaign.ts'
import type { Call } from '../campaign/exchange.ts'
import { type ProfileRecord, textIn } from '../campaign/record.ts'
import { CLOCK_SKEW_MILLISECONDS, type Lease, LeaseLost, type Ledger, RENAMED } from '../ledger/ledger.ts'
import type { Found } from '../match/found.ts'
import { ambiguous, type Match, type Target } from '../match/match.ts'
import { TWO_PROFILES } from '../match/names-another.ts'
import { type Ended, isRefusal } from '../outcome-of-error.ts'
import type { Hold } from './hold.ts'

/**
 * Fills what `match` names the profile by, but its PKey. Answers the profile by the name the ledger knows it by from now
 * on, and the attributes that were filled. Throws CampaignError, LedgerError or LeaseLost.
 */
export type FillKeys = (
  looked: { readonly found: Found; readonly entry: number },
  match: readonly MatchEntry[],
  leases: readonly Lease[],
  call: Call,
) => Promise<{ readonly target: Target; readonly filled: readonly string[] } | { readonly outcome: PutAside }>

export type FillKeysOptions = {
  readonly campaign: Pick<Campaign, 'read' | 'patch'>
  readonly ledger: Ledger
  readonly hold: Hold
  readonly match: Pick<Match, 'look' | 'forget'>
  readonly businessKey: string | undefined
  readonly pseudonym: Pseudonym
}

export const createFillKeys = (options: FillKeysOptions): FillKeys => {
  const { campaign, ledger, hold, match, businessKey, pseudonym } = options

  const patch = async (found: Found, empty: readonly MatchEntry[], call: Call): Promise<void> => {
    const values = Object.fromEntries(empty.map(({ attribute, value }) => [attribute, value]))
    const forget = () => match.forget(found.identity, values)
    forget()
    await campaign.patch({ PKey: found.PKey }, values, call).finally(forget)
  }

  /** The new name begins with the clocks of the old one, which from now on may be out of use. */
  const handOn = async (own: Lease, next: Lease): Promise<void> => {
    const { [RENAMED]: _, ...clocks } = own.clocks
    const isOurs =
      (await ledger.restart(next, clocks, own.consentSent)) &&
      (await ledger.record(own, { [RENAMED]: OLDER_THAN_ANY }))
    if (!isOurs) throw new LeaseLost()
  }

  /** Under the lease of the name it has; whoever had it since the profile was looked for may have written. */
  const fill = async (found: Found, entries: readonly MatchEntry[], leases: readonly Lease[], call: Call) => {
    const own = await hold.take(found.identity, call.deadline)
    if (!own) throw new LeaseLost()
    try {
      const isCalm = own.lastEndedAt === undefined || own.lastEndedAt + CLOCK_SKEW_MILLISECONDS < found.readAt
      const record = isCalm ? found.record : await campaign.read({ PKey: found.PKey }, call)
      const empty = entries.filter((entry) => isEmpty(record, entry))
      const key = empty.find(({ attribute }) => attribute === businessKey)
      const next = leases.find(({ identity }) => key && identity === pseudonym(key.attribute, key.value))
      if (record && businessKey !== undefined && textIn(record, businessKey) !== found.key)
        throw new LeaseLost()
      if (next) await handOn(own, next)
      if (empty.length > 0) await patch(found, empty, call)
      await hold.end([own])
      return empty
    } catch (error) {
      await hold.end([own], error)
      throw error
    }
  }

  /** Whether somebody is found by what this profile holds empty: then it is somebody else's, or several people's. */
  const isTaken = async (entry: MatchEntry | undefined, call: Call): Promise<boolean> => {
    if (entry === undefined) return false
    const looked = await match.look([entry], call)
    return 'found' in looked || looked.outcome.outcome !== 'unmatched'
  }

  return async ({ found, entry: decided }, named, leases, call) => {
    const entries = named.filter(({ attribute }) => attribute !== 'PKey')
    // Campaign was not asked for these, since an earlier one had decided.
    const unasked = named.slice(decided + 1)
    const empty = entries.filter((entry) => isEmpty(found.record, entry))
    const key = empty.find(({ attribute }) => attribute === businessKey)
    const identity = key ? pseudonym(key.attribute, key.value) : found.identity
    // Campaign takes an email twice, and nobody would be found by it from then on.
    for (const entry of empty.filter((one) => unasked.includes(one)))
      if (await isTaken(entry, call)) return { outcome: ambiguous(TWO_PROFILES) }
    try {
      // A profile that has its key already is written under a lease that is held for that key.
      const isHeld = !key && leases.some((lease) => lease.identity === identity)
      if (isHeld && empty.length > 0) await patch(found, empty, call)
      const filled = isHeld || empty.length === 0 ? empty : await fill(found, entries, leases, call)
      const seen = { ...found, identity, key: key?.value ?? found.key, record: undefined }
      const target = { identity, address: { PKey: found.PKey }, found: seen, entry: 0 }
      return { target, filled: filled.map(({ attribute }) => attribute) }
    } catch (error) {
      if (isRefusal(error) && (await isTaken(key, call))) return { outcome: ambiguous(TWO_PROFILES) }
      throw error
    }
  }
}

/** How the change ends that the filled attributes are booked on. They were not read back. */
export const withFilled = (end: Ended, filled: readonly string[], { found }: Target): Ended => {
  if (filled.length === 0) return end
  if (end.outcome === 'applied') {
    const { verified: _, ...applied } = end
    return { ...applied, changed: [...filled, ...end.changed] }
  }
  const hadNothing = ['unchanged', 'duplicate', 'superseded'].includes(end.outcome)
  return hadNothing ? { outcome: 'applied', PKey: found?.PKey, changed: filled } : end
}

const isEmpty = (record: ProfileRecord | undefined, { attribute }: MatchEntry): boolean =>
  record !== undefined && textIn(record, attribute) === ''

/** A mark and no change: it must not look newer than a deletion. */
const OLDER_THAN_ANY = '0'
