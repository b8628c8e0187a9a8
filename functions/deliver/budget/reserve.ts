// Fetches moments to call from the ledger: a slab of them, or when to ask again.
import type { Time } from '../../runtime/time.ts'
import { isOpen } from './budget.ts'
import type { BudgetItem } from './item.ts'
import { slabFor, type Wants } from './slab.ts'

/** Epoch milliseconds. */
export type Reserved = { readonly moments: readonly number[] } | { readonly notBefore: number }

export type Reserve = {
  /** What is wanted is asked for at the last moment. Throws LedgerError. */
  readonly fetch: (wants: () => Wants) => Promise<Reserved>
  /** How long the ledger took to answer, in milliseconds. */
  readonly took: () => number
}

export type ReserveOptions = {
  readonly item: BudgetItem
  readonly callsPerSecond: number
  readonly time: Time
  readonly random: () => number
}

/** Others were first: asked again after that or up to sixteen times as long, so that many workers do not ask all the time. */
const LOST_MILLISECONDS = 250
const LOST_DOUBLINGS = 4
const TRIES = 3
/** However slow the ledger is: moments are not reserved further ahead than others may look. */
const LONGEST_LEAD_MILLISECONDS = 500

export const createReserve = ({ item, callsPerSecond, time, random }: ReserveOptions): Reserve => {
  let took = 0
  let lost = 0

  const pauseAfterLoss = (gap: number): number => {
    // Where calls are that rare the ledger is not asked often in any case, and none of them may be missed.
    lost = gap > LOST_MILLISECONDS ? 1 : Math.min(lost + 1, LOST_DOUBLINGS + 1)
    return LOST_MILLISECONDS * 2 ** (lost - 1) * (0.5 + random() / 2)
  }

  return {
    took: () => took,
    fetch: async (wants) => {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const state = item.seen() ?? (await item.look())
        const now = time.now()
        const wanted = wants()
        if (isOpen(state.health) && !wanted.isProbe) return { notBefore: state.health.probeAt }
        const { count, opensAt, gap, earliest, latest } = slabFor(state, callsPerSecond, wanted, {
          now,
          took,
        })
        if (count < 1) {
          // What was seen may be long past; who has just looked, and found nothing left, was too late.
          return { notBefore: tries === 0 ? opensAt : Math.max(opensAt, now + pauseAfterLoss(gap)) }
        }
        const start = await item.reserve({ earliest, latest, milliseconds: count * gap }, state)
        if (start !== undefined) {
          took = Math.min(time.now() - now, LONGEST_LEAD_MILLISECONDS)
          // Where many ask it stays worth while to ask seldom.
          lost = Math.max(0, lost - 1)
          return { moments: Array.from({ length: count }, (_, n) => Math.ceil(start + n * gap)) }
        }
        await item.look()
      }
      return { notBefore: time.now() + pauseAfterLoss(0) }
    },
  }
}
