// Creates a profile with the values of its changes, and records their clocks where the ledger will look for them.
import { type Change, type MatchEntry, valuesOf } from '../../change/change.ts'
import { saysOptedOut } from '../../change/clock.ts'
import type { MatchBy } from '../../change/mapping.ts'
import { clocksOf, type Versions } from '../../change/merge.ts'
import type { FinalOutcome } from '../../change/outcome.ts'
import { isConsent } from '../../change/profile.ts'
import type { Pseudonym } from '../../runtime/pseudonym.ts'
import type { Time } from '../../runtime/time.ts'
import type { Campaign } from '../campaign/campaign.ts'
import type { Call } from '../campaign/exchange.ts'
import { type Lease, LeaseLost, type Ledger } from '../ledger/ledger.ts'
import { toFound } from '../match/found.ts'
import type { Match, Target } from '../match/match.ts'
import type { Ended } from '../outcome-of-error.ts'
import type { Schema } from './difference.ts'
import type { Hold } from './hold.ts'
import { type Plan, planWrite, valuesIn, type Written } from './plan.ts'
import type { ReadBack } from './read-back.ts'
import type { SendFlags } from './send-flags.ts'

/** What came of it: some changes have ended; those left go to the profile that is there now. */
export type Made = {
  readonly ended: ReadonlyMap<Change, Ended>
  readonly target?: Target
  readonly left: readonly Change[]
  /** The keys that were filled in a profile that was there. */
  readonly filled?: readonly string[]
}

/** `leases` are those of all entries, and nobody has a profile by any of them. Throws CampaignError, LedgerError or LeaseLost. */
export type Create = (
  changes: readonly Change[],
  entries: readonly MatchEntry[],
  leases: readonly Lease[],
  call: Call,
) => Promise<Made>

export type CreateOptions = MatchBy & {
  readonly campaign: Campaign
  readonly ledger: Ledger
  readonly hold: Hold
  readonly match: Pick<Match, 'forget'>
  readonly schema: Schema
  readonly readBack: ReadBack
  readonly sendFlags: SendFlags
  readonly verifies: boolean
  readonly pseudonym: Pseudonym
  readonly time: Time
}

export const createCreate = (options: CreateOptions): Create => {
  const { campaign, ledger, hold, match, schema, readBack, sendFlags, verifies, pseudonym, time } = options

  /** What was recorded of a record that is gone must not count against the new one, but for a word that closed a flag. */
  const restart = async (lease: Lease): Promise<void> => {
    if (Object.keys(lease.clocks).length === 0) return
    if (!(await ledger.restart(lease, clocksOf(optOutsIn(lease))))) throw new LeaseLost()
  }

  return async (changes, entries, leases, call) => {
    await Promise.all(leases.map(restart))
    const keys = Object.fromEntries(entries.map(({ attribute, value }) => [attribute, value]))
    const readAt = time.now()
    // The ledger will know the profile by its key; without one it will by a PKey that nobody knows yet.
    const key = entries.find(({ attribute }) => attribute === options.businessKey)
    const keyed = key && leases.find((lease) => lease.identity === pseudonym(key.attribute, key.value))
    const closed = keyed ? optOutsIn(keyed) : {}
    const plan = planWrite(changes, clocksOf(closed), schema.filledOnly)
    const versions = { ...closed, ...plan.newer }
    const values = { ...keys, ...valuesIn(versions) }
    const create = () => campaign.create(values, call)
    const { answer: record, sent } = await sendFlags(keyed && { ...keyed, consentSent: {} }, versions, create)
    const { identity, PKey, ...found } = toFound(record, readAt, options, pseudonym)
    match.forget(identity, values)
    const target: Target = {
      identity,
      address: { PKey },
      found: { ...found, identity, PKey, record: undefined },
      entry: 0,
    }

    const ours = leases.find((lease) => lease.identity === identity)
    const own = ours ?? (await hold.take(identity, call.deadline))
    const isTaken = !own || (!ours && Object.keys(own.clocks).length > 0)
    if (isTaken) {
      // Somebody has found it by its email or PKey already, and written: by the clocks, then, as any change is.
      if (own) await hold.end([own])
      return { ended: new Map(), target, left: changes }
    }
    const isOurs = await (ours
      ? ledger.record(own, plan.clocks, sent)
      : ledger.giveBack(own, plan.clocks, sent))
    if (!isOurs) throw new LeaseLost()

    const seen = verifies ? await readBack({ PKey }, versions, call) : undefined
    const written: Written = { attributes: new Set(Object.keys(plan.newer)), PKey, href: record.href, seen }
    return {
      ended: new Map(changes.map((change) => [change, endOfCreation(change, plan, written)])),
      target,
      left: [],
    }
  }
}

/**
 * The flags that the person under this key had closed when the ledger last knew her, unless she was erased since: a
 * record that somebody has deleted in Campaign was made anew, and nobody has asked her.
 */
const optOutsIn = ({ clocks, tombstone = '' }: Lease): Versions =>
  Object.fromEntries(
    Object.entries(clocks)
      .filter(([attribute, clock]) => isConsent(attribute) && saysOptedOut(clock) && clock > tombstone)
      .map(([attribute, clock]) => [attribute, { clock, value: true }]),
  )

/** How a change ends once a profile was made of the plan: one that writes nothing has still made sure of it. */
const endOfCreation = (change: Change, plan: Plan, written: Written): FinalOutcome => {
  const outcome = plan.outcomeOf(change, written)
  if (outcome.outcome === 'applied') return { ...outcome, outcome: 'created' }
  const isEmpty = Object.keys(valuesOf(change)).length === 0
  return isEmpty ? { outcome: 'created', PKey: written.PKey, href: written.href, changed: [] } : outcome
}
