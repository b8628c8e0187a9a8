// One planned write of one profile: read where that is needed, send what differs, record, read back.
import { clocksOf, type Versions } from '../change/merge.ts'
import type { Attributes } from '../change/profile.ts'
import type { Address, Campaign } from './campaign/campaign.ts'
import type { Call } from './campaign/exchange.ts'
import { isHeld, isVerified, type ProfileRecord } from './campaign/record.ts'
import { CLOCK_SKEW_MILLISECONDS, type Lease, LeaseLost, type Ledger } from './ledger/ledger.ts'
import type { Match, Target } from './match.ts'
import { type Plan, valuesIn, type Written } from './plan.ts'

export type WriteOptions = {
  readonly campaign: Campaign
  readonly ledger: Ledger
  readonly match: Pick<Match, 'forget'>
  readonly attributes: Attributes
  /** Whether to retrieve before and after: the vendor's recipe (updating-profiles). */
  readonly verifies: boolean
}

/** `isLast`: no other write follows under this lease, which is given back in any case then. */
export type WriteStep = {
  readonly lease: Lease
  readonly target: Target
  readonly plan: Plan
  readonly isLast: boolean
}

export type Write = (step: WriteStep, call: Call) => Promise<Written>

/** Throws CampaignError, LedgerError or LeaseLost; nothing of the plan is recorded then. */
export const createWrite = ({ campaign, ledger, match, attributes, verifies }: WriteOptions): Write => {
  const readBack = async (address: Address, sent: Versions, call: Call): Promise<Written['seen']> => {
    try {
      const record = await campaign.read(address, call)
      const seen = Object.entries(sent).filter(([attribute, { value }]) =>
        isVerified(record, attribute, value, attributes),
      )
      return new Set(seen.map(([attribute]) => attribute))
    } catch {
      // The write stands and is recorded, whatever kept us from looking.
      return undefined
    }
  }

  const send = async ({ lease, target, plan }: WriteStep, call: Call) => {
    const { address } = target
    const record = trusted(target, lease) ?? (verifies ? await campaign.read(address, call) : undefined)
    const missing = record ? without(plan.newer, record, attributes) : plan.newer
    if (Object.keys(missing).length === 0) {
      return { missing, written: { attributes: new Set<string>(), PKey: record?.PKey, href: record?.href } }
    }
    const values = valuesIn(missing)
    const forget = () => match.forget(lease.identity, values)
    forget()
    // And again whatever came of it: somebody may have looked an old value up meanwhile.
    const answer = await campaign.patch(address, values, call).finally(forget)
    return { missing, written: { ...answer, attributes: new Set(Object.keys(missing)) } }
  }

  return async (step, call) => {
    const { lease, target, plan, isLast } = step
    if (Object.keys(plan.newer).length === 0) {
      if (isLast) await ledger.giveBack(lease, {})
      return { attributes: new Set() }
    }
    const { missing, written } = await send(step, call)
    const reads = verifies && written.attributes.size > 0
    const clocks = clocksOf(plan.newer)
    const isOurs =
      isLast && !reads ? await ledger.giveBack(lease, clocks) : await ledger.record(lease, clocks)
    if (!isOurs) throw new LeaseLost()
    if (!reads) return written
    const seen = await readBack(target.address, missing, call)
    // What was written is recorded; a lease that cannot be given back runs out.
    if (isLast) await ledger.giveBack(lease, {}).catch(() => false)
    return { ...written, seen }
  }
}

/**
 * The record the match has shown, as long as nobody can have written since: it was read before the lease was taken, so
 * the lease before ours must have ended earlier, by anybody's clock.
 */
const trusted = ({ found }: Target, { lastEndedAt }: Lease): ProfileRecord | undefined =>
  found?.record && (lastEndedAt === undefined || lastEndedAt + CLOCK_SKEW_MILLISECONDS < found.readAt)
    ? found.record
    : undefined

const without = (versions: Versions, record: ProfileRecord, attributes: Attributes): Versions =>
  Object.fromEntries(
    Object.entries(versions).filter(
      ([attribute, { value }]) => !isHeld(record, attribute, value, attributes),
    ),
  )
