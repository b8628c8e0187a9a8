// Applies a group of changes to one profile under its lease: merged into one PATCH, one by one where that is refused.
import type { Change } from '../../change/change.ts'
import { oldestFirst } from '../../change/clock.ts'
import type { Call } from '../campaign/exchange.ts'
import type { Lease, Ledger } from '../ledger/ledger.ts'
import { isErased } from '../match/erased.ts'
import type { Target } from '../match/match.ts'
import { type Ended, ERASED, endOf, isOfSome } from '../outcome-of-error.ts'
import { CRASHED, guiltyOf, isSuspicious } from '../suspect/crashed.ts'
import type { Schema } from './difference.ts'
import type { Hold } from './hold.ts'
import { clocksRecorded, planWrite } from './plan.ts'
import type { Write } from './write.ts'

/** Changes that all go to one profile. */
export type Group = { readonly target: Target; readonly changes: readonly Change[] }

export type Apply = (group: Group, call: Call) => Promise<ReadonlyMap<Change, Ended>>

export type ApplyOptions = {
  readonly ledger: Ledger
  readonly hold: Hold
  readonly write: Write
  readonly schema: Schema
}

/** Every change of the group gets an end. Throws only what nobody foresaw. */
export const createApply = ({ ledger, hold, write, schema }: ApplyOptions): Apply => {
  const applyMerged = async (
    lease: Lease,
    { target, changes }: Group,
    call: Call,
    ended: Map<Change, Ended>,
  ) => {
    const plan = planWrite(changes, lease.clocks, schema.filledOnly)
    try {
      const written = await write({ lease, target, plan, isLast: true }, call)
      for (const change of changes) ended.set(change, plan.outcomeOf(change, written))
    } catch (error) {
      if (changes.length < 2 || !isOfSome(error)) throw error
      await applyOneByOne(lease, { target, changes }, call, ended)
    }
  }

  const applyOneByOne: typeof applyMerged = async (lease, group, call, ended) => {
    await applyApart(lease, group, call, ended)
    await ledger.giveBack(lease, {})
  }

  /** The oldest first: a change that loses against a refused one must still be able to stand. */
  const applyApart = async (
    lease: Lease,
    { target, changes }: Group,
    call: Call,
    ended: Map<Change, Ended>,
  ) => {
    const unread: Target = { ...target, found: target.found && { ...target.found, record: undefined } }
    let { clocks, consentSent } = lease
    for (const change of oldestFirst(changes)) {
      const plan = planWrite([change], clocks, schema.filledOnly)
      try {
        const written = await write(
          { lease: { ...lease, clocks, consentSent }, target: unread, plan, isLast: false },
          call,
        )
        clocks = { ...clocks, ...clocksRecorded(plan, written) }
        consentSent = written.sent ?? consentSent
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
      const lease = await hold.take(target.identity, call.deadline)
      if (!lease) return endOthers({ outcome: 'deferred', code: 'lease-held' })
      for (const change of changes) if (isErased(change, lease)) ended.set(change, ERASED)
      try {
        const living = () => changes.filter((change) => !ended.has(change))
        await call.turn?.([lease])
        for (const change of guiltyOf([lease], living(), lease.clocks)) ended.set(change, CRASHED)
        const applyAll = isSuspicious([lease]) ? applyOneByOne : applyMerged
        await applyAll(lease, { target, changes: living() }, call, ended)
        return ended
      } catch (error) {
        await hold.end([lease], error)
        return endOthers(endOf(error))
      }
    } catch (error) {
      return endOthers(endOf(error))
    }
  }
}
