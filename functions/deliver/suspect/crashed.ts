// Which change ends the invocations that work it (out of memory, out of time): told by leases that nobody ended. Pure.
import type { Change } from '../../change/change.ts'
import { type Clocks, newerThan, versionsOf } from '../../change/merge.ts'
import type { PutAside } from '../../change/outcome.ts'
import { deathsOf } from '../ledger/in-hand.ts'
import type { Lease } from '../ledger/ledger.ts'
import { REASONS } from '../reasons.ts'

type Attempted = Pick<Lease, 'attempts' | 'names' | 'marks'>

/** Two invocations have died holding the lease: it may be another profile's fault, so the next one works nothing else. */
const DEATHS_SUSPICIOUS = 2
/** And five more working nothing else: it is this one's. */
const DEATHS_ALONE = 5

/**
 * Whether what is done under these leases has to be done alone, one change after the other: two invocations in a row have
 * died under one of them, whatever they had in hand, or two that had one of the same changes in hand, however many others
 * of the profile ended well in between.
 */
export const isSuspicious = (leases: readonly Attempted[]): boolean =>
  leases.some(
    (lease) =>
      lease.attempts >= DEATHS_SUSPICIOUS ||
      lease.names.some((name) => {
        const { amongOthers, alone } = deathsOf(lease, name)
        return alone > 0 || amongOthers >= DEATHS_SUSPICIOUS
      }),
  )

/**
 * The changes to be parked: five invocations have died that had nothing else in hand. That stays known of a change until
 * it is forgotten with time: it comes back until it lies in the parked queue, and is not to be died of again meanwhile.
 */
export const guiltyOf = (
  leases: readonly Attempted[],
  changes: readonly Change[],
  nameOf: (change: Change) => string,
  clocks: Clocks = {},
): readonly Change[] => {
  const isNews = (change: Change): boolean => {
    const versions = versionsOf(change)
    // One that holds no values, as a deletion does, leaves no clock to tell by.
    return Object.keys(versions).length === 0 || Object.keys(newerThan(versions, clocks)).length > 0
  }
  const marked = leases.filter(({ marks }) => marks.length >= DEATHS_ALONE)
  return changes.filter(
    (change) =>
      isNews(change) && marked.some((lease) => deathsOf(lease, nameOf(change)).alone >= DEATHS_ALONE),
  )
}

export const CRASHED: PutAside = { outcome: 'parked', code: 'crashed', detail: REASONS.crashed }
