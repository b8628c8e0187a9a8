// MODE=observe: the same walk with reads only. Nothing is written to Campaign or to the ledger, and no lease is taken.
import type { Change, MatchEntry } from '../change/change.ts'
import { changeClock } from '../change/clock.ts'
import type { Pseudonym } from '../runtime/pseudonym.ts'
import { toObserved } from './batch/ending.ts'
import type { Campaign } from './campaign/campaign.ts'
import type { Call } from './campaign/exchange.ts'
import { textIn } from './campaign/record.ts'
import type { Ledger } from './ledger/ledger.ts'
import { type Found, namesOf } from './match/found.ts'
import { ambiguous, isErased, type Looked, type Match } from './match/match.ts'
import { creatable } from './match/named.ts'
import { namesAnother, TWO_PROFILES } from './match/names-another.ts'
import { allEnd, type Ended, endOf, REASONS } from './outcome-of-error.ts'
import type { Apply } from './profile/apply.ts'
import { weigh } from './profile/consent.ts'
import { endOfCreation } from './profile/create.ts'
import { differenceOf, type Schema } from './profile/difference.ts'
import { withFilled } from './profile/fill-keys.ts'
import type { MakeSure } from './profile/make-sure.ts'
import { planWrite } from './profile/plan.ts'
import type { ProfileWork } from './profile/profile-work.ts'
import type { Remove } from './profile/remove.ts'

export type ObserveOptions = {
  readonly campaign: Pick<Campaign, 'read'>
  readonly ledger: Pick<Ledger, 'read'>
  readonly match: Pick<Match, 'look'>
  readonly schema: Schema
  readonly businessKey: string | undefined
  readonly pseudonym: Pseudonym
}

/** Each says how the change would have ended. */
export const createObserve = (options: ObserveOptions): ProfileWork => {
  const { campaign, ledger, match, schema, pseudonym } = options
  const nameOf = ({ attribute, value }: MatchEntry): string => pseudonym(attribute, value)

  const apply: Apply = async ({ target, changes }, call) => {
    try {
      const known = await ledger.read(target.identity)
      const { clocks, tombstone } = known
      const record = target.found?.record ?? (await campaign.read(target.address, call))
      const living = changes.filter((change) => !isErased(change, tombstone))
      const plan = planWrite(living, clocks, schema.filledOnly)
      const { missing, ...left } = differenceOf(weigh(plan.newer, record, known), record, schema)
      const written = { attributes: new Set(Object.keys(missing)), ...left, PKey: record.PKey }
      return new Map(
        changes.map((change): [Change, Ended] => [
          change,
          living.includes(change) ? plan.outcomeOf(change, written) : { outcome: 'superseded' },
        ]),
      )
    } catch (error) {
      return allEnd(changes, endOf(error))
    }
  }

  const tombstonesOf = (names: readonly string[]) =>
    Promise.all(names.map(async (name) => (await ledger.read(name)).tombstone))

  /** What is applied to the profile that is there after all, whose empty keys an upsert fills. */
  const applyAndFill = async (changes: readonly Change[], looked: FoundBy, call: Call): Promise<Ends> => {
    const { found, entry } = looked
    const target = { identity: found.identity, address: { PKey: found.PKey }, found, entry }
    const ended = await apply({ target, changes }, call)
    const [first] = changes
    const keys = (first ? creatable(first) : [])
      .map(({ attribute }) => attribute)
      .filter((attribute) => found.record !== undefined && textIn(found.record, attribute) === '')
    return new Map(
      [...ended].map(([change, end]) => [
        change,
        told(change === first ? withFilled(end, keys, target) : end, found),
      ]),
    )
  }

  const makeSureOf = async (changes: readonly Change[], call: Call): Promise<Ends> => {
    const [first] = changes
    if (!first) return new Map()
    const looked = await match.look(first.match, call)
    if ('found' in looked) return applyAndFill(changes, looked, call)
    if (looked.outcome.outcome !== 'unmatched' || creatable(first).length === 0)
      return allEnd(changes, looked.outcome)
    const plan = planWrite(changes, {}, schema.filledOnly)
    const written = { attributes: new Set(Object.keys(plan.newer)) }
    return new Map(changes.map((change) => [change, endOfCreation(change, plan, written)]))
  }

  const makeSure: MakeSure = async (changes, call) => {
    try {
      const names = changes.slice(0, 1).flatMap(creatable).map(nameOf)
      const tombstones = await tombstonesOf(names)
      const isGone = (change: Change) => tombstones.some((tombstone) => isErased(change, tombstone))
      const gone = allEnd(changes.filter(isGone), { outcome: 'superseded' })
      const living = changes.filter((change) => !isGone(change))
      return new Map([...gone, ...(await makeSureOf(living, call))])
    } catch (error) {
      return allEnd(changes, endOf(error))
    }
  }

  const remove: Remove = async (change, call) => {
    try {
      const looked = await match.look(change.match, call)
      if ('outcome' in looked && looked.outcome.outcome !== 'unmatched') return looked.outcome
      const found = 'found' in looked ? looked.found : undefined
      if (found && (await namesAnother(change, found, options, call))) return ambiguous(TWO_PROFILES)
      const clock = changeClock(change)
      const named = await tombstonesOf(change.match.map(nameOf))
      const ofFound = found ? await tombstonesOf(namesOf(found, options, pseudonym)) : []
      const isOlder = [...named, ...ofFound].some((tombstone = '') => tombstone > clock)
      if (isOlder) return told({ outcome: 'superseded' }, found)
      if (!found)
        return { outcome: named.every((tombstone) => tombstone === clock) ? 'duplicate' : 'unchanged' }
      const { clocks } = await ledger.read(found.identity)
      const end: Ended = Object.values(clocks).some((held) => held > clock)
        ? { outcome: 'parked', code: 'changed-since', detail: REASONS['changed-since'] }
        : { outcome: 'applied', changed: [] }
      return told(end, found)
    } catch (error) {
      return endOf(error)
    }
  }

  return { apply, makeSure, remove }
}

type Ends = ReadonlyMap<Change, Ended>
type FoundBy = Extract<Looked, { readonly found: unknown }>

/** Told with the profile, which nobody else knows who did not match it. */
const told = (end: Ended, found: Found | undefined): Ended =>
  end.outcome === 'deferred' || end.outcome === 'not-found' ? end : toObserved(end, found?.identity)
