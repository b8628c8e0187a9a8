// Which change ends the invocations that work it (out of memory, out of time): told by leases that nobody ended. Pure.
import type { Change } from '../../change/change.ts'
import { oldestFirst } from '../../change/clock.ts'
import { type Clocks, newerThan, versionsOf } from '../../change/merge.ts'
import type { PutAside } from '../../change/outcome.ts'
import type { Lease } from '../ledger/ledger.ts'
import { REASONS } from '../outcome-of-error.ts'

type Attempted = Pick<Lease, 'attempts'>

/** Two invocations have died holding the lease: it may be another profile's fault, so the next one works nothing else. */
const SUSPICIOUS = 2
/** And five more working nothing else: it is this one's. */
const ALONE = 5

const attemptsOf = (leases: readonly Attempted[]): number =>
  Math.max(0, ...leases.map(({ attempts }) => attempts))

/** Whether what is done under these leases has to be done alone, one change after the other. */
export const isSuspicious = (leases: readonly Attempted[]): boolean => attemptsOf(leases) >= SUSPICIOUS

/**
 * The changes to be parked. Alone they are worked one by one, the oldest first, and each is recorded before the next
 * begins: so the oldest that holds news was in hand when the invocations died. Whoever dies even so, working the others,
 * was in the hands of the next oldest.
 */
export const guiltyOf = (
  leases: readonly Attempted[],
  changes: readonly Change[],
  clocks: Clocks = {},
): readonly Change[] => {
  const isNews = (change: Change): boolean => {
    const versions = versionsOf(change)
    // One that holds no values, as a deletion does, leaves no clock to tell by.
    return Object.keys(versions).length === 0 || Object.keys(newerThan(versions, clocks)).length > 0
  }
  const count = Math.max(0, attemptsOf(leases) - (SUSPICIOUS + ALONE) + 1)
  return oldestFirst(changes.filter(isNews)).slice(0, count)
}

export const CRASHED: PutAside = { outcome: 'parked', code: 'crashed', detail: REASONS.crashed }
