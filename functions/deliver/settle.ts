// Takes any changes to their ends: deletions first, then what goes to profiles that exist, then what creates them.
import { type Change, canonicalValue, type MatchEntry, valuesOf } from '../change/change.ts'
import { type Outcome, WAITS_WITH_OTHERS } from '../change/outcome.ts'
import type { Log } from '../runtime/log.ts'
import type { Pseudonym } from '../runtime/pseudonym.ts'
import type { FindAndApply } from './find-and-apply.ts'
import { createHearOptOuts } from './hear-opt-outs.ts'
import { creatable } from './match/named.ts'
import type { Ended } from './outcome-of-error.ts'
import type { MakeSure } from './profile/make-sure.ts'
import type { Remove } from './profile/remove.ts'
import type { Names } from './suspect/names.ts'
import { createTally, type Settled, type Tally } from './tally.ts'

/** An end for every change. Never throws. */
export type Settle = (changes: readonly Change[], deadline: number) => Promise<ReadonlyMap<Change, Settled>>

export type SettleOptions = {
  readonly findAndApply: FindAndApply
  readonly makeSure: MakeSure
  readonly remove: Remove
  /** Whether a change that nobody matches creates its profile, although it does not ask for it. */
  readonly createsUnmatched: boolean
  readonly notePart: Names['notePart']
  readonly pseudonym: Pseudonym
  readonly log: Log
}

export const createSettle = (options: SettleOptions): Settle => {
  const { findAndApply, makeSure, remove, createsUnmatched, pseudonym, log } = options
  const hearOptOuts = createHearOptOuts(findAndApply, options.notePart)

  const removeAll = async (changes: readonly Change[], tally: Tally): Promise<void> => {
    const removeOne = async (change: Change): Promise<void> => {
      const ended = await remove(change, tally.callFor(change)).catch((error: unknown) =>
        tally.foreseen(change, error),
      )
      tally.end(change, ended)
    }
    await Promise.all(changes.map(removeOne))
  }

  const makeSureOfAll = async (changes: readonly Change[], tally: Tally): Promise<void> => {
    const groups = Map.groupBy(changes, ({ match }) => match.map(nameOf).join())
    const makeSureOf = async (group: readonly Change[]): Promise<void> => {
      const [first] = group
      if (!first) return
      const ended = await makeSure(group, tally.callFor(first, group)).catch(
        (error: unknown) => new Map<Change, Ended>(group.map((one) => [one, tally.foreseen(one, error)])),
      )
      for (const change of group) tally.end(change, ended.get(change))
    }
    await Promise.all([...groups.values()].map(makeSureOf))
  }

  /** What names somebody whose deletion waits must not be written in its place, to be deleted later. */
  const splitWaiting = (changes: readonly Change[], deletions: readonly Change[], tally: Tally) => {
    const waiting = deletions.filter((change) => tally.outcomeOf(change)?.outcome === 'deferred')
    const names = new Set(waiting.flatMap(({ match }) => match.map(nameOf)))
    return split(changes, ({ match }) => match.some((entry) => names.has(nameOf(entry))))
  }

  return async (changes, deadline) => {
    const tally = createTally(deadline, pseudonym, log)
    const [deletions, writes] = split(changes, ({ action }) => action === 'delete')
    await removeAll(deletions, tally)
    const [held, free] = splitWaiting(writes, deletions, tally)
    for (const change of held) tally.end(change, WAITS_WITH_OTHERS)
    await hearOptOuts.ofWaiting(held, tally)
    const [sure, others] = split(free, namesMore)
    await makeSureOfAll(sure, tally)
    await findAndApply(others, tally)
    const missed = others.filter((change) => tally.outcomeOf(change)?.outcome === 'unmatched')
    const mayCreate = ({ action, isDeletion }: Change): boolean =>
      action === 'upsert' || (createsUnmatched && !isDeletion)
    const [creating, waiting] = split(missed, mayCreate)
    await makeSureOfAll([...creating, ...unseen(others, tally).filter(mayCreate)], tally)
    // The profile may have been made just now, by a change that asked for it.
    if (creating.length > 0) await findAndApply(waiting, tally)
    await hearOptOuts.ofErased(free, tally)
    return tally.settled(changes)
  }
}

/**
 * An upsert writes its match entries; with more than one of them, one may still be empty in a profile that exists. One
 * without values has nothing to write that would show whether the profile is there.
 */
const namesMore = (change: Change): boolean =>
  change.action === 'upsert' && (creatable(change).length > 1 || Object.keys(valuesOf(change)).length === 0)

/**
 * Changes that ended by what the ledger remembers, while nobody has asked Campaign for their profile: it may have been
 * deleted there, and then a replay is to make it anew.
 */
const unseen = (changes: readonly Change[], tally: Tally): readonly Change[] => {
  const seen = new Set(changes.filter((one) => tally.callsOf(one) > 0).map(tally.profileOf))
  return changes.filter((change) => {
    const outcome = tally.outcomeOf(change)
    const isRemembered = outcome !== undefined && REMEMBERED.has(outcome.outcome)
    return isRemembered && creatable(change).length > 0 && !seen.has(tally.profileOf(change))
  })
}

const REMEMBERED: ReadonlySet<Outcome['outcome']> = new Set(['duplicate', 'superseded', 'unchanged'])

const nameOf = (entry: MatchEntry): string => JSON.stringify([entry.attribute, canonicalValue(entry)])

const split = <Item>(items: readonly Item[], belongs: (item: Item) => boolean) =>
  [items.filter(belongs), items.filter((item) => !belongs(item))] as const
