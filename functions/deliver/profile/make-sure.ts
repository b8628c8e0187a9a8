// Makes sure that a profile exists and applies the changes to it: under the leases of all match entries, so that one creates.
import type { Change } from '../../change/change.ts'
import { oldestFirst } from '../../change/clock.ts'
import type { MatchBy } from '../../change/mapping.ts'
import { UNEXPECTED } from '../../change/outcome.ts'
import type { Pseudonym } from '../../runtime/pseudonym.ts'
import type { Call } from '../campaign/exchange.ts'
import { leavingOut, withNothingInHand } from '../ledger/in-hand.ts'
import type { Lease, Ledger } from '../ledger/ledger.ts'
import { isErased, isGone } from '../match/erased.ts'
import type { Match } from '../match/match.ts'
import { creatable, namesMadeBy } from '../match/named.ts'
import { allEnd, type Ended, ERASED, endOf, isRefusal, mayExist, UNCREATABLE } from '../outcome-of-error.ts'
import { CRASHED, guiltyOf, isSuspicious } from '../suspect/crashed.ts'
import type { Names } from '../suspect/names.ts'
import type { Apply } from './apply.ts'
import type { Create, Made } from './create.ts'
import { type FillKeys, withFilled } from './fill-keys.ts'
import type { Hold } from './hold.ts'

type Held = { leases: readonly Lease[]; readonly isAlone: boolean }

/** Changes of one match list. Every one gets an end; throws only what nobody foresaw. */
export type MakeSure = (changes: readonly Change[], call: Call) => Promise<ReadonlyMap<Change, Ended>>

export type MakeSureOptions = MatchBy & {
  readonly ledger: Pick<Ledger, 'read'>
  readonly hold: Hold
  readonly match: Pick<Match, 'look'>
  readonly create: Create
  readonly fillKeys: FillKeys
  readonly apply: Apply
  readonly pseudonym: Pseudonym
  readonly nameOf: Names['nameOf']
}

/** Under the leases of every name of the changes. */
type Making = (changes: readonly Change[], held: Held, call: Call) => Promise<Made>

export const createMakeSure = (options: MakeSureOptions): MakeSure => {
  const { ledger, hold, match, create, fillKeys, apply, pseudonym, nameOf } = options
  const namesIn = (change: Change) => namesMadeBy(change, options, pseudonym)

  /** Finds the profile after all, or makes it; a change that Campaign refuses is left out of it. */
  const findOrMake: Making = async (changes, held, call) => {
    const [first] = changes
    if (!first) return nothing
    const looked = await match.look(first.match, call)
    if ('found' in looked) {
      const filled = await fillKeys(looked, first.match, held.leases, call)
      if ('outcome' in filled) return { ...nothing, ended: allEnd(changes, filled.outcome) }
      return { ...nothing, ...filled, left: changes }
    }
    if (looked.outcome.outcome !== 'unmatched') return { ...nothing, ended: allEnd(changes, looked.outcome) }
    const gone = await erased(changes, held.leases)
    const living = changes.filter((change) => !gone.includes(change))
    const made = living.length > 0 ? await make(living, held, call) : nothing
    return { ...made, ended: new Map([...made.ended, ...allEnd(gone, ERASED)]) }
  }

  /** Asked when no profile is found any more: who deletes it has noted so by then, also under a PKey no worker leases. */
  const erased = async (changes: readonly Change[], leases: readonly Lease[]) => {
    const entries = changes[0]?.match.filter(({ attribute }) => attribute === 'PKey') ?? []
    const read = entries.map(({ attribute, value }) => ledger.read(pseudonym(attribute, value)))
    const known = await Promise.all(read)
    return changes.filter((change) =>
      [...known, ...leasesOf(change, leases)].some((one) => isGone(change, one)),
    )
  }

  const leasesOf = (change: Change, leases: readonly Lease[]): readonly Lease[] =>
    leases.filter(({ identity }) => namesIn(change).includes(identity))

  const make: Making = async (changes, held, call) => {
    const [first] = changes
    if (!first) return nothing
    try {
      return await create(changes, creatable(first), held.leases, call)
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (mayExist(error) && 'found' in (await match.look(first.match, call))) {
        return findOrMake(changes, held, call)
      }
      if (changes.length === 1) return { ...nothing, ended: allEnd(changes, endOf(error)) }
      return oneByOne(changes, held, call)
    }
  }

  /** The oldest that Campaign takes makes the profile, the others are applied to it. */
  const oneByOne: Making = async (changes, held, call) => {
    const ended = new Map<Change, Ended>()
    const sorted = oldestFirst(changes)
    for (const [place, change] of sorted.entries()) {
      if (held.isAlone) held.leases = await Promise.all(held.leases.map((lease) => hold.begin(lease, change)))
      const made = await findOrMake([change], held, call)
      for (const [one, end] of made.ended) ended.set(one, end)
      if (made.target) return { ended, target: made.target, left: [...made.left, ...sorted.slice(place + 1)] }
    }
    return { ended, left: [] }
  }

  return async (changes, call) => {
    const [first] = changes
    const entries = first ? creatable(first) : []
    if (entries.length === 0) return allEnd(changes, UNCREATABLE)
    const ended = new Map<Change, Ended>()
    const endOthers = (end: Ended): ReadonlyMap<Change, Ended> => {
      for (const change of changes) if (!ended.has(change)) ended.set(change, end)
      return ended
    }
    try {
      const taken = await hold.takeAll(changes.flatMap(namesIn), call.deadline, changes)
      if (!taken) return endOthers({ outcome: 'deferred', code: 'lease-held' })
      for (const change of changes)
        if (leasesOf(change, taken).some((lease) => isErased(change, lease))) ended.set(change, ERASED)
      const living = () => changes.filter((change) => !ended.has(change))
      const guilty = guiltyOf(taken, living(), nameOf)
      for (const change of guilty) ended.set(change, CRASHED)
      const leases = taken.map((lease) => leavingOut(lease, guilty.map(nameOf)))
      const held: Held = { leases, isAlone: isSuspicious(leases) }
      const make = async () => {
        if (living().length === 0) return nothing
        await call.turn?.(leases)
        if (!held.isAlone) return findOrMake(living(), held, call)
        held.leases = leases.map(withNothingInHand)
        return oneByOne(living(), held, call)
      }
      const made = await make().catch(async (error: unknown) => {
        await hold.end(held.leases, error)
        throw error
      })
      for (const [change, end] of made.ended) ended.set(change, end)
      const next = made.left.length > 0 ? made.target?.identity : undefined
      await hold.end(leases.filter(({ identity }) => identity !== next))
      await Promise.all(held.leases.filter(({ identity }) => identity === next).map(hold.pass))
      if (made.target && made.left.length > 0) {
        const applied = await apply({ target: made.target, changes: made.left }, call)
        for (const [change, end] of applied) ended.set(change, end)
        const [before] = made.left
        const end = before && applied.get(before)
        if (end) ended.set(before, withFilled(end, made.filled ?? [], made.target))
      }
      return endOthers(UNEXPECTED)
    } catch (error) {
      return endOthers(endOf(error))
    }
  }
}

const nothing: Made = { ended: new Map(), left: [] }
