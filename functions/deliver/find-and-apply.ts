// Match each change, regroup by profile, apply the groups side by side, and match on where a record was not there.
import type { Change } from '../change/change.ts'
import type { Match, Target } from './match/match.ts'
import type { Ended } from './outcome-of-error.ts'
import type { Apply } from './profile/apply.ts'
import type { Tally } from './tally.ts'

/** Every change gets an end in the tally. Never throws. */
export type FindAndApply = (changes: readonly Change[], tally: Tally) => Promise<void>

/** A change on its way: the match entry it is tried by next, and whether a record it was led to has proved gone. */
type Pending = { readonly change: Change; readonly from: number; readonly wasGone: boolean }

export const createFindAndApply =
  (match: Pick<Match, 'find' | 'forget'>, apply: Apply): FindAndApply =>
  async (changes, tally) => {
    const findTargets = async (pending: readonly Pending[]) => {
      const targets = new Map<Pending, Target>()
      const search = async (one: Pending): Promise<void> => {
        const { change, from } = one
        try {
          const matched = await match.find(change, from, tally.callFor(change))
          if ('outcome' in matched) return tally.end(change, matched.outcome)
          targets.set(one, matched.target)
          tally.ledTo(change, matched.target.identity)
        } catch (error) {
          tally.end(change, tally.foreseen(change, error))
        }
      }
      await Promise.all(pending.map(search))
      // In the order they came in, whichever was found first: of some attributes the first to arrive stays.
      return pending.flatMap((one) => {
        const target = targets.get(one)
        return target ? [[one, target] as const] : []
      })
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
      const ended = await apply({ target, changes: group }, tally.callFor(first, group)).catch(
        (error: unknown) => new Map<Change, Ended>(group.map((one) => [one, tally.foreseen(one, error)])),
      )
      return members.flatMap(([one, own]) => {
        const end = ended.get(one.change)
        if (end?.outcome === 'not-found') return [next(one, { ...own, found: own.found ?? target.found })]
        tally.end(one.change, end)
        return []
      })
    }

    let pending: readonly Pending[] = changes.map((change) => ({ change, from: 0, wasGone: false }))
    while (pending.length > 0) {
      const targets = await findTargets(pending)
      const groups = Map.groupBy(targets, ([, { identity }]) => identity)
      pending = (await Promise.all([...groups.values()].map(applyGroup))).flat()
    }
  }

/**
 * Of several ways to one profile the one that was seen last: what Campaign has just shown, else a key at its word, which
 * Campaign finds itself, and only then what was remembered, since a record may have lost its key or email meanwhile.
 */
const surest = (targets: readonly Target[]): Target | undefined =>
  targets.find(({ found }) => found?.record) ?? targets.find(({ found }) => !found) ?? targets[0]
