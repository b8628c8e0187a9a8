// The evidence of the ledger in memory; workers that share a table of profiles share it.
import {
  type Evidence,
  slotOf,
  type UnexplainedByChange,
  withRefusals,
} from '../../functions/deliver/ledger/evidence.ts'

type Store = {
  readonly unexplained: Map<string, UnexplainedByChange>
  readonly successes: Map<string, number>
}
const stores = new WeakMap<object, Store>()

export const memoryEvidence = (table: object): Evidence => {
  const store = stores.get(table) ?? { unexplained: new Map(), successes: new Map() }
  stores.set(table, store)
  const { unexplained, successes } = store
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
