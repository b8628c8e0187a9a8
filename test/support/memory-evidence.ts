// The evidence in memory.
import {
  type Evidence,
  slotOf,
  type UnexplainedByChange,
  withRefusals,
} from '../../functions/deliver/ledger/evidence.ts'

export const memoryEvidence = (): Evidence => {
  const unexplained = new Map<string, UnexplainedByChange>()
  const successes = new Map<string, number>()
  return {
    noteUnexplained: async (identity, changes, at) => {
      const noted = withRefusals(unexplained.get(identity) ?? {}, changes, at)
      unexplained.set(identity, noted)
      return noted
    },
    forgetUnexplained: async (identity, change) => {
      const { [change]: _, ...rest } = unexplained.get(identity) ?? {}
      unexplained.set(identity, rest)
    },
    noteSuccess: async (identities, at) => {
      for (const identity of identities) successes.set(slotOf(identity), at)
    },
    readSuccesses: async () => new Map(successes),
  }
}
