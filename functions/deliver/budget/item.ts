// One worker's view of the budget item: what it saw last, and writes that hold only by what it saw.
import type { Time } from '../../runtime/time.ts'
import type { BudgetState, BudgetStore, Health, Wanted } from './budget.ts'

/** Every function that is waited for throws LedgerError. */
export type BudgetItem = {
  /** The state as it was seen last; undefined before the first look. */
  readonly seen: () => BudgetState | undefined
  /** How long ago that was, in milliseconds. */
  readonly age: () => number
  readonly look: () => Promise<BudgetState>
  readonly reserve: (
    wanted: Omit<Wanted, 'revision' | 'seenNextAt'>,
    by: BudgetState,
  ) => Promise<number | undefined>
  /** Changes the health as `next` says of what it is by then; whether that was needed and done. */
  readonly change: (next: (health: Health) => Health | undefined) => Promise<boolean>
}

/** Somebody else was first that often in a row: whatever was to be said has been said by them. */
const TRIES = 5

export const createBudgetItem = (store: BudgetStore, time: Time): BudgetItem => {
  let seen: BudgetState | undefined
  let seenAt = 0
  const keep = (state: BudgetState): BudgetState => {
    seen = state
    seenAt = time.now()
    return state
  }
  const look = async () => keep(await store.read())

  return {
    seen: () => seen,
    age: () => time.now() - seenAt,
    look,
    reserve: async (wanted, by) => {
      const { revision, nextAt } = by
      const start = await store.reserve({ ...wanted, revision, seenNextAt: nextAt })
      // The health that was seen is still that of this revision.
      if (start !== undefined) keep({ ...by, nextAt: start + wanted.milliseconds })
      return start
    },
    change: async (next) => {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const state = seen ?? (await look())
        const health = next(state.health)
        if (!health) return false
        if (await store.change(state.revision, health)) {
          keep({ ...state, revision: state.revision + 1, health })
          return true
        }
        await look()
      }
      return false
    },
  }
}
