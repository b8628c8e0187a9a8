// A profile that Campaign has shown, and under which identity the ledger knows it.
import { canonicalValue, type MatchEntry } from '../../change/change.ts'
import type { MatchBy } from '../../change/mapping.ts'
import type { Pseudonym } from '../../runtime/pseudonym.ts'
import { type ProfileRecord, textIn } from '../campaign/record.ts'

/** Its record keys, and, where it was shown just now, all of it. `readAt` (epoch ms) is from before it was asked for. */
export type Found = {
  readonly identity: string
  readonly PKey: string
  readonly email: string
  readonly key: string
  /** What it holds for the attributes that custom filters find by. */
  readonly filtered: ReadonlyMap<string, string>
  readonly record: ProfileRecord | undefined
  readonly readAt: number
}

/** The business key names a profile in the ledger where it has one, else its PKey does. */
export const toFound = (
  record: ProfileRecord,
  readAt: number,
  { businessKey, filters }: MatchBy,
  pseudonym: Pseudonym,
): Found => {
  const key = businessKey === undefined ? '' : textIn(record, businessKey)
  const identity =
    businessKey === undefined || key === '' ? pseudonym('PKey', record.PKey) : pseudonym(businessKey, key)
  const email = textIn(record, 'email')
  const filtered = new Map([...filters.keys()].map((attribute) => [attribute, textIn(record, attribute)]))
  return { identity, PKey: record.PKey, email, key, filtered, record, readAt }
}

const heldFor = (found: Found, attribute: string, businessKey: string | undefined): string => {
  if (attribute === 'PKey') return found.PKey
  const named = attribute === 'email' ? found.email : attribute === businessKey ? found.key : undefined
  return named ?? found.filtered.get(attribute) ?? ''
}

/** Whether the profile holds a match entry's value. */
export const holds = (found: Found, entry: MatchEntry, businessKey: string | undefined): boolean => {
  const { attribute } = entry
  return (
    canonicalValue({ attribute, value: heldFor(found, attribute, businessKey) }) === canonicalValue(entry)
  )
}

/** Whether the profile holds another value than this for a match entry's attribute; holding none is no other value. */
export const holdsAnother = (found: Found, entry: MatchEntry, businessKey: string | undefined): boolean =>
  heldFor(found, entry.attribute, businessKey) !== '' && !holds(found, entry, businessKey)

/** The pseudonyms of everything that the profile can be found by. */
export const namesOf = (
  { PKey, email, key, filtered }: Found,
  { businessKey = '' }: Pick<MatchBy, 'businessKey'>,
  pseudonym: Pseudonym,
): readonly string[] =>
  [['PKey', PKey] as const, ['email', email] as const, [businessKey, key] as const, ...filtered].flatMap(
    ([attribute, value]) => (value === '' ? [] : [pseudonym(attribute, value)]),
  )
