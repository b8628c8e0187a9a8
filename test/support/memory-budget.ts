// The budget in memory. It has to pass the same suite as the one in DynamoDB.
import { type BudgetState, type BudgetStore, HEALTHY } from '../../functions/deliver/budget/budget.ts'

export type MemoryBudget = BudgetStore & {
  readonly state: () => BudgetState
  /** How often it was asked anything: each is paid for. */
  readonly requests: () => number
}

export const memoryBudget = (): MemoryBudget => {
  let state: BudgetState = { revision: 0, nextAt: 0, health: HEALTHY }
  let requests = 0
  return {
    state: () => state,
    requests: () => requests,
    read: async () => {
      requests += 1
      return state
    },
    reserve: async ({ revision, seenNextAt, earliest, latest, milliseconds }) => {
      requests += 1
      const { nextAt } = state
      const startsAnew = seenNextAt < earliest
      const isFree = startsAnew ? nextAt < earliest : nextAt >= earliest && nextAt <= latest
      if (revision !== state.revision || !isFree) return undefined
      const start = startsAnew ? earliest : nextAt
      state = { ...state, nextAt: start + milliseconds }
      return start
    },
    change: async (revision, health) => {
      requests += 1
      if (revision !== state.revision) return false
      state = { ...state, revision: revision + 1, health }
      return true
    },
  }
}
