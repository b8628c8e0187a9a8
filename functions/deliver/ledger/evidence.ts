// What the ledger remembers to tell a bad change from an ill Campaign, for all workers: names, counts and moments.
import { KEPT_MILLISECONDS } from './ledger.ts'

/** How often one change was refused without a reason, and when first (epoch ms). */
export type Unexplained = { readonly count: number; readonly firstAt: number }

/** Change (as `changeName` writes it) to how often. */
export type UnexplainedByChange = Readonly<Record<string, Unexplained>>

/** Every function throws LedgerError where the ledger cannot be asked. */
export type Evidence = {
  /** Notes one more unexplained refusal of each of these changes of one profile, and answers how many that makes. */
  readonly noteUnexplained: (
    identity: string,
    changes: readonly string[],
    at: number,
  ) => Promise<UnexplainedByChange>
  /** Forgets what was noted about a change of the profile. */
  readonly forgetUnexplained: (identity: string, change: string) => Promise<void>
  /** Notes that writes of these profiles, begun at `at` or later, have succeeded. */
  readonly noteSuccess: (identities: readonly string[], at: number) => Promise<void>
  /** The latest success noted, by the first character of an identity (see `slotOf`). Epoch ms. */
  readonly readSuccesses: () => Promise<ReadonlyMap<string, number>>
}

/**
 * Successes are told apart by one of 64 characters, so that one small item does for any number of profiles and is written
 * blindly. Of two profiles in one slot neither proves anything about the other: it then takes a third to have succeeded.
 */
export const slotOf = (identity: string): string => identity.charAt(0)

/** Whoever is refused this often may be to blame. Counts stop there, so that an outage does not write them at every try. */
export const REFUSALS = 3
/** An item of the ledger is small. */
const MOST_CHANGES = 20

/** What is to be stored after one more refusal of each of these changes: the same object where nothing is new. Pure. */
export const withRefusals = (
  held: UnexplainedByChange,
  changes: readonly string[],
  at: number,
): UnexplainedByChange => {
  if (changes.every((change) => (held[change]?.count ?? 0) >= REFUSALS)) return held
  const others = Object.entries(held)
    .filter(([change, { firstAt }]) => !changes.includes(change) && firstAt > at - KEPT_MILLISECONDS)
    .toSorted(([, left], [, right]) => right.firstAt - left.firstAt)
    .slice(0, Math.max(0, MOST_CHANGES - changes.length))
  const own = changes.map((change): [string, Unexplained] => {
    const { count, firstAt } = held[change] ?? { count: 0, firstAt: at }
    return [change, { count: Math.min(REFUSALS, count + 1), firstAt }]
  })
  return Object.fromEntries([...others, ...own])
}
