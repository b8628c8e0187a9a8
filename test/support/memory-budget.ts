// The budget in memory. It has to pass the same suite as the one in DynamoDB.
import { type BudgetState, type BudgetStore, HEALTHY } from '../../functions/deliver/budget/budget.ts'

export type MemoryBudget = BudgetStore & {
  readonly state: () => BudgetState
  /** How often it was written, or tried to be: each is paid for. */
  readonly writes: () => number
}

export const memoryBudget = (): MemoryBudget => {
  let state: BudgetState = { revision: 0, nextAt: 0, health: HEALTHY }
  let writes = 0
  return {
    state: () => state,
    writes: () => writes,
    read: async () => state,
    reserve: async ({ revision, seenNextAt, earliest, latest, milliseconds }) => {
      writes += 1
      const { nextAt } = state
      const startsAnew = seenNextAt < earliest
      const isFree = startsAnew ? nextAt < earliest : nextAt >= earliest && nextAt <= latest
      if (revision !== state.revision || !isFree) return undefined
      const start = startsAnew ? earliest : nextAt
      state = { ...state, nextAt: start + milliseconds }
      return start
    },
    change: async (revision, health) => {
      writes += 1
      if (revision !== state.revision) return false
      state = { ...state, revision: revision + 1, health }
      return true
    },
  }
}
