// One planned write of one profile: read where that is needed, send what differs, record, read back.
import { holdsOptIn } from '../../change/consent-sent.ts'
import type { Versions } from '../../change/merge.ts'
import type { Pseudonym } from '../../runtime/pseudonym.ts'
import type { Campaign } from '../campaign/campaign.ts'
import { CampaignError } from '../campaign/campaign-error.ts'
import type { Call } from '../campaign/exchange.ts'
import { type ProfileRecord, textIn } from '../campaign/record.ts'
import { CLOCK_SKEW_MILLISECONDS, type Lease, LeaseLost, type Ledger, RENAMED } from '../ledger/ledger.ts'
import type { Match, Target } from '../match/match.ts'
import { needSight, weigh } from './consent.ts'
import { differenceOf, needRecord, type Schema } from './difference.ts'
import type { Hold } from './hold.ts'
import { clocksRecorded, type Plan, valuesIn, type Written } from './plan.ts'
import type { ReadBack } from './read-back.ts'
import type { SendFlags } from './send-flags.ts'

export type WriteOptions = {
  readonly campaign: Campaign
  readonly ledger: Ledger
  readonly hold: Pick<Hold, 'end'>
  readonly match: Pick<Match, 'forget'>
  readonly schema: Schema
  readonly readBack: ReadBack
  readonly sendFlags: SendFlags
  /** Whether to retrieve before and after: the vendor's recipe (updating-profiles). */
  readonly verifies: boolean
  readonly businessKey: string | undefined
  readonly pseudonym: Pseudonym
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
export const createWrite = (options: WriteOptions): Write => {
  const { campaign, ledger, hold, match, schema, readBack, sendFlags, verifies, businessKey, pseudonym } =
    options

  /** It got its key after it was matched without one: whoever matches it again takes the lease of that key. */
  const isRenamed = (record: ProfileRecord, { identity }: Lease): boolean => {
    const key = businessKey === undefined ? '' : textIn(record, businessKey)
    return businessKey !== undefined && key !== '' && pseudonym(businessKey, key) !== identity
  }

  const see = async ({ lease, target, plan }: WriteStep, call: Call): Promise<ProfileRecord | undefined> => {
    // Whoever opens a flag looks last of all, since somebody may have closed it in Campaign just now.
    const seen = holdsOptIn(valuesIn(plan.newer)) ? undefined : trusted(target, lease)
    if (seen) return seen
    const reads =
      verifies ||
      RENAMED in lease.clocks ||
      holdsOptIn(valuesIn(plan.newer)) ||
      needRecord(plan.newer, schema) ||
      needSight(plan.newer, lease)
    return reads ? campaign.read(target.address, call) : undefined
  }

  const send = async (
    step: WriteStep,
    call: Call,
  ): Promise<{ readonly missing: Versions; readonly written: Written }> => {
    const { lease, target, plan } = step
    const record = await see(step, call)
    if (record && isRenamed(record, lease)) {
      throw new CampaignError('the ledger knows the record by another name', { kind: 'not-found' })
    }
    const { missing, kept, unclear } = record
      ? differenceOf(weigh(plan.newer, record, lease), record, schema)
      : { missing: plan.newer }
    if (Object.keys(missing).length === 0) {
      const written = { attributes: new Set<string>(), kept, unclear, PKey: record?.PKey, href: record?.href }
      return { missing, written }
    }
    const values = valuesIn(missing)
    const forget = () => match.forget(lease.identity, values)
    forget()
    // And again whatever came of it: somebody may have looked an old value up meanwhile.
    const patch = () => campaign.patch(target.address, values, call).finally(forget)
    const { answer, sent } = await sendFlags(lease, missing, patch)
    return { missing, written: { ...answer, kept, unclear, sent, attributes: new Set(Object.keys(missing)) } }
  }

  return async (step, call) => {
    const { lease, target, plan, isLast } = step
    if (Object.keys(plan.newer).length === 0) {
      const isNews = Object.keys(plan.clocks).length > 0
      const isOurs = isLast
        ? await ledger.giveBack(lease, plan.clocks)
        : !isNews || (await ledger.record(lease, plan.clocks))
      if (isNews && !isOurs) throw new LeaseLost()
      return { attributes: new Set() }
    }
    const { missing, written } = await send(step, call)
    const reads = verifies && written.attributes.size > 0
    const clocks = clocksRecorded(plan, written)
    const isOurs =
      isLast && !reads
        ? await ledger.giveBack(lease, clocks, written.sent)
        : await ledger.record(lease, clocks, written.sent)
    if (!isOurs) throw new LeaseLost()
    if (!reads) return written
    const seen = await readBack(target.address, missing, call)
    // What was written is recorded; a lease that cannot be given back runs out.
    if (isLast) await hold.end([lease])
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
