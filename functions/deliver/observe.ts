// MODE=observe: the same walk with reads only. Nothing is written to Campaign or to the ledger, and no lease is taken.
import { type Change, valuesOf } from '../change/change.ts'
import { changeClock } from '../change/clock.ts'
import type { Pseudonym } from '../runtime/pseudonym.ts'
import type { Apply } from './apply.ts'
import type { Campaign } from './campaign/campaign.ts'
import { weigh } from './consent.ts'
import { differenceOf, type Schema } from './difference.ts'
import { namesOf } from './found.ts'
import type { Ledger } from './ledger/ledger.ts'
import { creatable, type MakeSure } from './make-sure.ts'
import { isErased, type Match } from './match.ts'
import { type Ended, endOf, REASONS } from './outcome-of-error.ts'
import { planWrite } from './plan.ts'
import type { Remove } from './remove.ts'

export type ObserveOptions = {
  readonly campaign: Pick<Campaign, 'read'>
  readonly ledger: Pick<Ledger, 'read'>
  readonly match: Pick<Match, 'look'>
  readonly schema: Schema
  readonly businessKey: string | undefined
  readonly pseudonym: Pseudonym
}

/** What stands in for applying, making sure and removing: each says how the change would have ended. */
export type Observe = { readonly apply: Apply; readonly makeSure: MakeSure; readonly remove: Remove }

export const createObserve = (options: ObserveOptions): Observe => {
  const { campaign, ledger, match, schema, pseudonym } = options

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

  const tombstonesOf = async (names: readonly string[]): Promise<readonly string[]> =>
    (await Promise.all(names.map(ledger.read))).flatMap(({ tombstone }) => tombstone ?? [])

  const makeSure: MakeSure = async (changes, call) => {
    try {
      const [first] = changes
      if (!first) return new Map()
      const looked = await match.look(first.match, call)
      if ('found' in looked) {
        const { found, entry } = looked
        const target = { identity: found.identity, address: { PKey: found.PKey }, found, entry }
        return await apply({ target, changes }, call)
      }
      const entries = creatable(first)
      if (looked.outcome.outcome !== 'unmatched' || entries.length === 0) {
        return allEnd(changes, looked.outcome)
      }
      const tombstones = await tombstonesOf(
        entries.map(({ attribute, value }) => pseudonym(attribute, value)),
      )
      const isGone = (change: Change) => tombstones.some((tombstone) => isErased(change, tombstone))
      return new Map(
        changes.map((change): [Change, Ended] => [
          change,
          isGone(change)
            ? { outcome: 'superseded' }
            : { outcome: 'created', changed: Object.keys(valuesOf(change)) },
        ]),
      )
    } catch (error) {
      return allEnd(changes, endOf(error))
    }
  }

  const remove: Remove = async (change, call) => {
    try {
      const looked = await match.look(change.match, call)
      if (!('found' in looked)) {
        return looked.outcome.outcome === 'unmatched' ? { outcome: 'unchanged' } : looked.outcome
      }
      const { found } = looked
      const clock = changeClock(change)
      const tombstones = await tombstonesOf(namesOf(found, options, pseudonym))
      if (tombstones.some((tombstone) => tombstone > clock)) return { outcome: 'superseded' }
      const { clocks } = await ledger.read(found.identity)
      return Object.values(clocks).some((held) => held > clock)
        ? { outcome: 'parked', code: 'changed-since', detail: REASONS['changed-since'] }
        : { outcome: 'applied', changed: [], PKey: found.PKey }
    } catch (error) {
      return endOf(error)
    }
  }

  return { apply, makeSure, remove }
}

const allEnd = (changes: readonly Change[], end: Ended): ReadonlyMap<Change, Ended> =>
  new Map(changes.map((change) => [change, end]))
