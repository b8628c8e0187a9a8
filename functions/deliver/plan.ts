// What is to be written for a group of changes of one profile, and what each of them comes to: pure.
import type { Change, Values } from '../change/change.ts'
import { type Clocks, clocksOf, merge, newerThan, type Versions, versionsOf } from '../change/merge.ts'
import type { FinalOutcome } from '../change/outcome.ts'

export type Plan = {
  /** Newer than anything the ledger has seen; what of it has to be sent depends on what Campaign holds. */
  readonly newer: Versions
  /** How a change ends once `written` (attribute names) was sent and the rest of `newer` was held already. */
  readonly outcomeOf: (change: Change, written: Written) => FinalOutcome
}

/** What a PATCH did: the attributes it sent, the record Campaign named, and the attributes a read-back has seen. */
export type Written = {
  readonly attributes: ReadonlySet<string>
  readonly PKey?: string | undefined
  readonly href?: string | undefined
  /** Attributes the read-back showed as written; undefined where none was asked for or possible. */
  readonly seen?: ReadonlySet<string> | undefined
}

/** Plans the smallest write for the changes, given the clocks the ledger holds. */
export const planWrite = (changes: readonly Change[], clocks: Clocks): Plan => {
  const own = new Map(changes.map((change) => [change, versionsOf(change)]))
  const standing = [...own.values()].reduce(merge, {})
  const newer = newerThan(standing, clocks)
  const after: Clocks = { ...clocks, ...clocksOf(newer) }
  return {
    newer,
    outcomeOf: (change, written) => {
      const versions = Object.entries(own.get(change) ?? {})
      // The same object: of two equal versions only the first was taken, the other is its duplicate.
      const won = versions
        .filter(([attribute, version]) => newer[attribute] === version)
        .map(([attribute]) => attribute)
      if (won.length > 0) return wrote(won, written)
      const isKnown = versions.every(([attribute, { clock }]) => clock === after[attribute])
      return { outcome: isKnown ? 'duplicate' : 'superseded' }
    },
  }
}

/** The plain values of versions, as they are sent. */
export const valuesIn = (versions: Versions): Values =>
  Object.fromEntries(Object.entries(versions).map(([attribute, { value }]) => [attribute, value]))

const wrote = (won: readonly string[], { attributes, PKey, href, seen }: Written): FinalOutcome => {
  const changed = won.filter((attribute) => attributes.has(attribute))
  const record = { ...(PKey !== undefined && { PKey }), ...(href !== undefined && { href }) }
  if (changed.length === 0) return { outcome: 'unchanged', ...record }
  return {
    outcome: 'applied',
    ...record,
    changed,
    ...(seen && { verified: changed.every((attribute) => seen.has(attribute)) }),
  }
}
