// A profile was found after all: what it holds empty of the entries that name it is filled, its key above all.
import type { MatchEntry } from '../change/change.ts'
import type { Pseudonym } from '../runtime/pseudonym.ts'
import type { Campaign } from './campaign/campaign.ts'
import type { Call } from './campaign/exchange.ts'
import { textIn } from './campaign/record.ts'
import type { Found } from './found.ts'
import type { Hold } from './hold.ts'
import { type Lease, LeaseLost, type Ledger } from './ledger/ledger.ts'
import type { Match, Target } from './match.ts'

/** The profile by the name the ledger knows it by from now on. Throws CampaignError, LedgerError or LeaseLost. */
export type FillKeys = (
  found: Found,
  entries: readonly MatchEntry[],
  leases: readonly Lease[],
  call: Call,
) => Promise<Target>

export type FillKeysOptions = {
  readonly campaign: Pick<Campaign, 'patch'>
  readonly ledger: Ledger
  readonly hold: Hold
  readonly match: Pick<Match, 'forget'>
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

  /** Under the lease of the name it has, whose clocks are first handed on to the name it will have. */
  const fill = async (found: Found, empty: readonly MatchEntry[], next: Lease | undefined, call: Call) => {
    const own = await hold.take(found.identity, call.deadline)
    if (!own) throw new LeaseLost()
    try {
      if (next && !(await ledger.restart(next, own.clocks, own.consentSent))) throw new LeaseLost()
      await patch(found, empty, call)
      await hold.end([own])
    } catch (error) {
      await hold.end([own], error)
      throw error
    }
  }

  return async (found, entries, leases, call) => {
    const { record } = found
    const empty = entries.filter(({ attribute }) => record !== undefined && textIn(record, attribute) === '')
    const key = empty.find(({ attribute }) => attribute === businessKey)
    const leaseOf = (identity: string) => leases.find((lease) => lease.identity === identity)
    const identity = key ? pseudonym(key.attribute, key.value) : found.identity
    // A profile that has its key already is written under a lease that is held for that key.
    if (empty.length > 0 && !key && leaseOf(identity)) await patch(found, empty, call)
    else if (empty.length > 0) await fill(found, empty, key && leaseOf(identity), call)
    const seen = { ...found, identity, key: key?.value ?? found.key, record: undefined }
    return { identity, address: { PKey: found.PKey }, found: seen, entry: 0 }
  }
}
