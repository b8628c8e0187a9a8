// Which record a match named a moment ago: in memory only, since Adobe forbids keeping PKeys outside Campaign.
import { canonicalValue, type MatchEntry, type Values } from '../../change/change.ts'
import { isMatchAttribute, type MatchBy } from '../../change/mapping.ts'
import type { Time } from '../../runtime/time.ts'
import type { Found } from './found.ts'

const REMEMBERED_MILLISECONDS = 60 * 1000
/** A function's memory is small and an entry holds an email. */
const MOST_ENTRIES = 10_000

export type Remembered = {
  readonly recall: (entry: MatchEntry) => Found | undefined
  /** To be called before the question: keeps the answer unless something was forgotten while it travelled. */
  readonly keeper: (entry: MatchEntry) => (found: Found) => void
  /**
   * Forgets every match that led to this identity. With values that are about to be written only where profiles are
   * matched by one of them, and then also whom that value led to.
   */
  readonly forget: (identity: string, written?: Values) => void
}

export const createRemembered = (time: Time, matchBy: MatchBy): Remembered => {
  const entries = new Map<string, { readonly found: Found; readonly until: number }>()
  let forgotten = 0
  return {
    recall: (entry) => {
      const held = entries.get(nameOf(entry))
      return held && time.now() < held.until ? held.found : undefined
    },
    keeper: (entry) => {
      const asked = forgotten
      return (found) => {
        if (asked !== forgotten) return
        const oldest = entries.keys().next().value
        if (entries.size >= MOST_ENTRIES && oldest !== undefined) entries.delete(oldest)
        // The record itself is not kept: what it held may be written a moment later.
        const until = time.now() + REMEMBERED_MILLISECONDS
        entries.set(nameOf(entry), { found: { ...found, record: undefined }, until })
      }
    },
    forget: (identity, written) => {
      const named = Object.entries(written ?? {}).filter(([attribute]) =>
        isMatchAttribute(attribute, matchBy),
      )
      if (written && named.length === 0) return
      forgotten += 1
      for (const [attribute, value] of named) entries.delete(nameOf({ attribute, value: String(value) }))
      for (const [name, { found }] of entries) if (found.identity === identity) entries.delete(name)
    },
  }
}

const nameOf = (entry: MatchEntry): string => `${entry.attribute}:${canonicalValue(entry)}`
