// Applies a group of changes to one profile under its lease: merged into one PATCH, one by one where that is refused.
import type { Change } from '../../change/change.ts'
import { oldestFirst } from '../../change/clock.ts'
import type { Call } from '../campaign/exchange.ts'
import { leavingOut, withNothingInHand } from '../ledger/in-hand.ts'
import type { Lease, Ledger } from '../ledger/ledger.ts'
import { isErased } from '../match/erased.ts'
import type { Target } from '../match/match.ts'
import { type Ended, ERASED, endOf, isOfSome } from '../outcome-of-error.ts'
import { CRASHED, guiltyOf, isSuspicious } from '../suspect/crashed.ts'
import type { Names } from '../suspect/names.ts'
import type { Schema } from './difference.ts'
import type { Hold } from './hold.ts'
import { clocksRecorded, planWrite } from './plan.ts'
import type { Write } from './write.ts'

/** Changes that all go to one profile. */
export type Group = { readonly target: Target; readonly changes: readonly Change[] }

/** The lease as it stands, while what is in hand under it changes. */
type Held = { lease: Lease; isAlone: boolean }

export type Apply = (group: Group, call: Call) => Promise<ReadonlyMap<Change, Ended>>

export type ApplyOptions = {
  readonly ledger: Ledger
  readonly hold: Hold
  readonly write: Write
  readonly schema: Schema
  readonly nameOf: Names['nameOf']
}

/** Every change of the group gets an end. Throws only what nobody foresaw. */
export const createApply = ({ ledger, hold, write, schema, nameOf }: ApplyOptions): Apply => {
  const applyMerged = async (
    held: Held,
    { target, changes }: Group,
    call: Call,
    ended: Map<Change, Ended>,
  ) => {
    const { lease } = held
    const plan = planWrite(changes, lease.clocks, schema.filledOnly)
    try {
      const written = await write({ lease, target, plan, isLast: true }, call)
      for (const change of changes) ended.set(change, plan.outcomeOf(change, written))
    } catch (error) {
      if (changes.length < 2 || !isOfSome(error)) throw error
      await applyOneByOne(held, { target, changes }, call, ended)
    }
  }

  const applyOneByOne: typeof applyMerged = async (held, group, call, ended) => {
    const { names } = held.lease
    await applyApart(held, group, call, ended)
    await ledger.giveBack({ ...held.lease, names }, {})
  }

  /** The oldest first: a change that loses against a refused one must still be able to stand. */
  const applyApart: typeof applyMerged = async (held, { target, changes }, call, ended) => {
    const unread: Target = { ...target, found: target.found && { ...target.found, record: undefined } }
    if (held.isAlone) held.lease = withNothingInHand(held.lease)
    for (const change of oldestFirst(changes)) {
      if (held.isAlone) held.lease = await hold.begin(held.lease, change)
      const { lease } = held
      const plan = planWrite([change], lease.clocks, schema.filledOnly)
      try {
        const written = await write({ lease, target: unread, plan, isLast: false }, call)
        const clocks = { ...lease.clocks, ...clocksRecorded(plan, written) }
        held.lease = { ...lease, clocks, consentSent: written.sent ?? lease.consentSent }
        ended.set(change, plan.outcomeOf(change, written))
      } catch (error) {
        if (!isOfSome(error)) throw error
        ended.set(change, endOf(error))
      }
    }
  }

  return async ({ target, changes }, call) => {
    const ended = new Map<Change, Ended>()
    const endOthers = (end: Ended): ReadonlyMap<Change, Ended> => {
      for (const change of changes) if (!ended.has(change)) ended.set(change, end)
      return ended
    }
    try {
      const lease = await hold.take(target.identity, call.deadline, changes)
      if (!lease) return endOthers({ outcome: 'deferred', code: 'lease-held' })
      const held: Held = { lease, isAlone: isSuspicious([lease]) }
      for (const change of changes) if (isErased(change, lease)) ended.set(change, ERASED)
      try {
        const living = () => changes.filter((change) => !ended.has(change))
        const guilty = guiltyOf([lease], living(), nameOf, lease.clocks)
        for (const change of guilty) ended.set(change, CRASHED)
        held.lease = leavingOut(lease, guilty.map(nameOf))
        held.isAlone = isSuspicious([held.lease])
        // Nobody is handed back for the sake of changes that are only put aside.
        if (living().length > 0) await call.turn?.([held.lease])
        const applyAll = held.isAlone ? applyOneByOne : applyMerged
        await applyAll(held, { target, changes: living() }, call, ended)
        return ended
      } catch (error) {
        await hold.end([held.lease], error)
        return endOthers(endOf(error))
      }
    } catch (error) {
      return endOthers(endOf(error))
    }
  }
}
