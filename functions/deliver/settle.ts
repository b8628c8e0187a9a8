// Takes any changes to their ends: match each, regroup by profile, apply the groups side by side, match on where needed.
import type { Change } from '../change/change.ts'
import type { Outcome } from '../change/outcome.ts'
import { errorName, type Log } from '../runtime/log.ts'
import type { Apply } from './apply.ts'
import type { Call } from './campaign/exchange.ts'
import type { Match, Target } from './match.ts'
import { type Ended, endOf } from './outcome-of-error.ts'

/** How one change ended, and what it cost. Engine calls of a merged write are booked on its first change. */
export type Settled = {
  readonly outcome: Outcome
  readonly engineCalls: number
  /** The ledger's pseudonym of the profile it was led to last. */
  readonly profile?: string | undefined
}

export type Settle = (changes: readonly Change[], deadline: number) => Promise<ReadonlyMap<Change, Settled>>

/** A change on its way: the match entry it is tried by next, and whether a record it was led to has proved gone. */
type Pending = { readonly change: Change; readonly from: number; readonly wasGone: boolean }

/** An end for every change. Never throws: what nobody foresaw is deferred and logged by name. */
export const createSettle =
  (match: Match, apply: Apply, log: Log): Settle =>
  async (changes, deadline) => {
    const outcomes = new Map<Change, Outcome>()
    const calls = new Map<Change, number>()
    const profiles = new Map<Change, string>()
    const callFor = (change: Change): Call => ({
      deadline,
      count: () => calls.set(change, (calls.get(change) ?? 0) + 1),
    })
    const guarded = async (change: Change, work: () => Promise<Ended>): Promise<Ended> => {
      try {
        return await work()
      } catch (error) {
        return foreseen(error, change)
      }
    }
    const foreseen = (error: unknown, { id, source }: Change): Ended => {
      try {
        return endOf(error)
      } catch {
        log.error('change.unexpected', { changeId: id, source, cause: errorName(error) })
        return { outcome: 'deferred', code: 'unexpected' }
      }
    }

    const findTargets = async (pending: readonly Pending[]) => {
      const targets = new Map<Pending, Target>()
      const search = async (one: Pending): Promise<void> => {
        const ended = await guarded(one.change, async () => {
          const matched = await match.find(one.change, one.from, callFor(one.change))
          if ('outcome' in matched) return matched.outcome
          targets.set(one, matched.target)
          profiles.set(one.change, matched.target.identity)
          return { outcome: 'not-found' }
        })
        if (ended.outcome !== 'not-found') outcomes.set(one.change, ended)
      }
      await Promise.all(pending.map(search))
      return targets
    }

    /** The change's next try after its record was not there: a stale memory once more, else the next match entry. */
    const next = ({ change, wasGone }: Pending, { identity, found, entry }: Target): Pending => {
      if (!found || wasGone) return { change, from: entry + 1, wasGone }
      match.forget(identity)
      return { change, from: entry, wasGone: true }
    }

    const applyGroup = async (
      members: readonly (readonly [Pending, Target])[],
    ): Promise<readonly Pending[]> => {
      const group = members.map(([{ change }]) => change)
      const [first] = group
      const target = surest(members.map(([, one]) => one))
      if (!first || !target) return []
      const ended = await apply({ target, changes: group }, callFor(first)).catch(
        (error: unknown) => new Map(group.map((change) => [change, foreseen(error, change)])),
      )
      return members.flatMap(([one, own]) => {
        const end = ended.get(one.change)
        if (end?.outcome === 'not-found') return [next(one, { ...own, found: own.found ?? target.found })]
        outcomes.set(one.change, end ?? { outcome: 'deferred', code: 'unexpected' })
        return []
      })
    }

    let pending: readonly Pending[] = changes.map((change) => ({ change, from: 0, wasGone: false }))
    while (pending.length > 0) {
      const targets = await findTargets(pending)
      const groups = Map.groupBy(targets, ([, { identity }]) => identity)
      pending = (await Promise.all([...groups.values()].map(applyGroup))).flat()
    }
    return new Map(
      changes.map((change) => [
        change,
        {
          outcome: outcomes.get(change) ?? { outcome: 'deferred', code: 'unexpected' },
          engineCalls: calls.get(change) ?? 0,
          profile: profiles.get(change),
        },
      ]),
    )
  }

/**
 * Of several ways to one profile the one that was seen last: what Campaign has just shown, else a key at its word, which
 * Campaign finds itself, and only then what was remembered, since a record may have lost its key or email meanwhile.
 */
const surest = (targets: readonly Target[]): Target | undefined =>
  targets.find(({ found }) => found?.record) ?? targets.find(({ found }) => !found) ?? targets[0]
