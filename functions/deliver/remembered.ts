// Which record a match named a moment ago: in memory only, since Adobe forbids keeping PKeys outside Campaign.
import { canonicalValue, type MatchEntry } from '../change/change.ts'
import type { Time } from '../runtime/time.ts'
import type { Found } from './found.ts'

const REMEMBERED_MILLISECONDS = 60 * 1000
/** A function's memory is small and an entry holds an email. */
const MOST_ENTRIES = 10_000

export type Remembered = {
  readonly recall: (entry: MatchEntry) => Found | undefined
  /** To be called before the question: keeps the answer unless something was forgotten while it travelled. */
  readonly keeper: (entry: MatchEntry) => (found: Found) => void
  /** Forgets every match that led to this identity, and what an email that is about to be written led to. */
  readonly forget: (identity: string, email?: string) => void
}

export const createRemembered = (time: Time): Remembered => {
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
    forget: (identity, email) => {
      forgotten += 1
      if (email !== undefined) entries.delete(nameOf({ attribute: 'email', value: email }))
      for (const [name, { found }] of entries) if (found.identity === identity) entries.delete(name)
    },
  }
}

const nameOf = (entry: MatchEntry): string => `${entry.attribute}:${canonicalValue(entry)}`
