// What is to be written for a group of changes of one profile, and what each of them comes to: pure.
import { type Change, type Values, valuesOf } from '../../change/change.ts'
import { changeClock } from '../../change/clock.ts'
import type { ConsentSent } from '../../change/consent-sent.ts'
import { type Clocks, clocksOf, merge, newerThan, type Versions, versionsOf } from '../../change/merge.ts'
import type { FinalOutcome } from '../../change/outcome.ts'
import { REASONS } from '../reasons.ts'

export type Plan = {
  /** Not seen by the ledger yet; what of it has to be sent depends on what Campaign holds. */
  readonly newer: Versions
  /** What the ledger knows once that is done: never less than it knew. */
  readonly clocks: Clocks
  /** How a change ends once `written` (attribute names) was sent and the rest of `newer` was held already. */
  readonly outcomeOf: (change: Change, written: Written) => FinalOutcome
}

/** What a PATCH did: the attributes it sent, the record Campaign named, and the attributes a read-back has seen. */
export type Written = {
  readonly attributes: ReadonlySet<string>
  /** Attributes that were left as they are: only to be filled, and Campaign holds something; or flags closed by a later word. */
  readonly kept?: ReadonlySet<string> | undefined
  /** Flags left closed, since nobody can say who has closed them and when: for a person. */
  readonly unclear?: ReadonlySet<string> | undefined
  /** All that the ledger is to know of flags sent; undefined where none was. */
  readonly sent?: ConsentSent | undefined
  readonly PKey?: string | undefined
  readonly href?: string | undefined
  /** Attributes the read-back showed as written; undefined where none was asked for or possible. */
  readonly seen?: ReadonlySet<string> | undefined
}

/** Plans the smallest write for the changes, given the clocks the ledger holds and the attributes that are only filled. */
export const planWrite = (
  changes: readonly Change[],
  clocks: Clocks,
  filledOnly: ReadonlySet<string> = new Set(),
): Plan => {
  const own = new Map(changes.map((change) => [change, versionsOf(change)]))
  const standing = [...own.values()].reduce((left, right) => mergeByOwner(left, right, filledOnly), {})
  const isNews = ([attribute, { clock }]: readonly [string, { readonly clock: string }]): boolean =>
    filledOnly.has(attribute) && clock !== clocks[attribute]
  const newer: Versions = {
    ...newerThan(standing, clocks),
    // To fill what was emptied an older value is as good as a newer one; only the very same was there before.
    ...Object.fromEntries(Object.entries(standing).filter(isNews)),
  }
  const news: Clocks = { ...clocksOf(newerThan(newer, clocks)), ...namedIn(changes, clocks) }
  const after: Clocks = { ...clocks, ...news }
  return {
    newer,
    clocks: news,
    outcomeOf: (change, written) => {
      const versions = Object.entries(own.get(change) ?? {})
      // The same object: of two equal versions only the first was taken, the other is its duplicate.
      const won = versions
        .filter(([attribute, version]) => newer[attribute] === version)
        .map(([attribute]) => attribute)
      if (won.length > 0) return wrote(won, written)
      if (versions.length === 0) return { outcome: 'unchanged' }
      const isKnown = versions.every(([attribute, { clock }]) => clock === after[attribute])
      return { outcome: isKnown ? 'duplicate' : 'superseded' }
    },
  }
}

/**
 * A change without values says that there is such a person, which counts against an older deletion as any value does. It
 * is known by the name of an attribute that no change may write.
 */
const namedIn = (changes: readonly Change[], { created = '' }: Clocks): Clocks => {
  const empty = changes.filter((change) => Object.keys(valuesOf(change)).length === 0)
  const newest = empty.map(changeClock).reduce((left, right) => (left > right ? left : right), created)
  return newest > created ? { created: newest } : {}
}

/** What is recorded once that was written: not what waits for a person, who may have it tried again. */
export const clocksRecorded = ({ clocks }: Plan, { unclear }: Written): Clocks =>
  Object.fromEntries(Object.entries(clocks).filter(([attribute]) => !unclear?.has(attribute)))

/** Of attributes that are only filled the first to arrive stays, of all others the newest. */
const mergeByOwner = (left: Versions, right: Versions, filledOnly: ReadonlySet<string>): Versions => ({
  ...merge(left, right),
  ...Object.fromEntries(Object.entries(left).filter(([attribute]) => filledOnly.has(attribute))),
})

/** The plain values of versions, as they are sent. */
export const valuesIn = (versions: Versions): Values =>
  Object.fromEntries(Object.entries(versions).map(([attribute, { value }]) => [attribute, value]))

const wrote = (won: readonly string[], written: Written): FinalOutcome => {
  const { attributes, kept, unclear, PKey, href, seen } = written
  // Whatever else the change has written stands.
  if (won.some((attribute) => unclear?.has(attribute)))
    return { outcome: 'parked', code: 'consent-unclear', detail: REASONS['consent-unclear'] }
  const changed = won.filter((attribute) => attributes.has(attribute))
  const record = { ...(PKey !== undefined && { PKey }), ...(href !== undefined && { href }) }
  if (changed.length === 0) {
    return won.every((attribute) => kept?.has(attribute))
      ? { outcome: 'superseded' }
      : { outcome: 'unchanged', ...record }
  }
  return {
    outcome: 'applied',
    ...record,
    changed,
    ...(seen && { verified: changed.every((attribute) => seen.has(attribute)) }),
  }
}
