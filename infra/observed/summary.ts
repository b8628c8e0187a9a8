// What MODE=observe has told, added up line by line: which attributes of how many profiles, and which ends.
import { hash } from 'node:crypto'
import type { LogEntry } from './log-entries.ts'

/** Names or codes to how many there were, the most first. */
export type Counts = Readonly<Record<string, number>>

export type Summary = {
  readonly changes: number
  /** Of whom at least one attribute would have changed. */
  readonly profiles: number
  /** When the first and the last change was observed, RFC 3339; absent where no line says when. */
  readonly from?: string
  readonly to?: string
  /** Attribute to profiles that would have changed in it. */
  readonly attributes: Counts
  /** The end a change would have had, to changes. */
  readonly outcomes: Counts
  /** Of those that would have been applied: deletions of a profile. */
  readonly deletions: number
  /** Changes that have not ended, by the code of the last try: Campaign could not be asked. */
  readonly deferred: Counts
  /** Events that did not become changes, by code. */
  readonly ignored: Counts
  readonly rejected: Counts
  /** Changes that ended otherwise: worked while MODE was apply. */
  readonly live: number
}

export type Summing = { readonly add: (entry: LogEntry) => void; readonly summary: () => Summary }

export const startSumming = (): Summing => {
  const seen = new Set<number>()
  const deferred = new Map<number, string>()
  const changedIn = new Map<string, Set<number>>()
  const profiles = new Set<number>()
  const outcomes = new Map<string, number>()
  const ignored = new Map<string, number>()
  const rejected = new Map<string, number>()
  let [deletions, live] = [0, 0]
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

  const addObserved = ({ code = 'unknown', changed, profile, subject, timestamp = '' }: Told): void => {
    increase(outcomes, code)
    if (code === 'applied' && changed.length === 0) deletions += 1
    const at = Date.parse(timestamp)
    if (!Number.isNaN(at)) [first, last] = [Math.min(first, at), Math.max(last, at)]
    const who = short(profile ?? subject)
    if (changed.length > 0) profiles.add(who)
    for (const attribute of changed) {
      const known = changedIn.get(attribute)
      if (known) known.add(who)
      else changedIn.set(attribute, new Set([who]))
    }
  }

  const addChange = (told: Told): void => {
    const change = short(`${told.receipt} ${told.index}`)
    // A change that shares its message with one that is tried again is told again: the first end counts.
    if (seen.has(change)) return
    if (told.outcome === 'deferred' || told.outcome === 'waiting') {
      deferred.set(change, told.code ?? told.outcome)
      return
    }
    seen.add(change)
    deferred.delete(change)
    if (told.outcome === 'observed') addObserved(told)
    else live += 1
  }

  return {
    add: (entry) => {
      if (entry.message === 'change.delivered') return addChange(entry)
      // What was not taken is sent again, and decoded again.
      if (entry.status >= 300) return
      for (const code of entry.ignored) increase(ignored, code)
      for (const code of entry.rejected) increase(rejected, code)
    },
    summary: () => ({
      changes: total(outcomes),
      profiles: profiles.size,
      ...(first <= last && { from: new Date(first).toISOString(), to: new Date(last).toISOString() }),
      attributes: sorted([...changedIn].map(([attribute, { size }]) => [attribute, size])),
      outcomes: sorted([...outcomes]),
      deletions,
      deferred: sorted([...countBy(deferred.values())]),
      ignored: sorted([...ignored]),
      rejected: sorted([...rejected]),
      live,
    }),
  }
}

type Told = Extract<LogEntry, { message: 'change.delivered' }>

/** 48 bits instead of a text: a log may have millions of names, and two of them hardly ever share a number. */
const short = (name: string): number => hash('md5', name, 'buffer').readUIntBE(0, 6)

const increase = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

const countBy = (names: Iterable<string>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const name of names) increase(counts, name)
  return counts
}

const total = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0)

const sorted = (counts: readonly (readonly [string, number])[]): Counts =>
  Object.fromEntries(
    counts.toSorted(
      ([left, more], [right, less]) => less - more || (left < right ? -1 : left > right ? 1 : 0),
    ),
  )
