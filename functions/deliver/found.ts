// A profile that Campaign has shown, and under which identity the ledger knows it.
import { canonicalValue, type MatchEntry } from '../change/change.ts'
import type { Pseudonym } from '../runtime/pseudonym.ts'
import { type ProfileRecord, textIn } from './campaign/record.ts'

/** Its record keys, and, where it was shown just now, all of it. `readAt` (epoch ms) is from before it was asked for. */
export type Found = {
  readonly identity: string
  readonly PKey: string
  readonly email: string
  readonly key: string
  readonly record: ProfileRecord | undefined
  readonly readAt: number
}

/** The business key names a profile in the ledger where it has one, else its PKey does. */
export const toFound = (
  record: ProfileRecord,
  readAt: number,
  businessKey: string | undefined,
  pseudonym: Pseudonym,
): Found => {
  const key = businessKey === undefined ? '' : textIn(record, businessKey)
  const identity =
    businessKey === undefined || key === '' ? pseudonym('PKey', record.PKey) : pseudonym(businessKey, key)
  return { identity, PKey: record.PKey, email: textIn(record, 'email'), key, record, readAt }
}

/** Whether the profile holds another value than this for a match entry's attribute; holding none is no other value. */
export const holdsAnother = (found: Found, entry: MatchEntry, businessKey: string | undefined): boolean => {
  const { attribute, value } = entry
  if (attribute === 'PKey') return found.PKey !== value
  const held = attribute === 'email' ? found.email : attribute === businessKey ? found.key : ''
  return held !== '' && canonicalValue({ attribute, value: held }) !== canonicalValue(entry)
}

/** The pseudonyms of everything that the profile can be found by. */
export const namesOf = (
  { PKey, email, key }: Found,
  businessKey: string | undefined,
  pseudonym: Pseudonym,
): readonly string[] => [
  pseudonym('PKey', PKey),
  ...(email === '' ? [] : [pseudonym('email', email)]),
  ...(businessKey === undefined || key === '' ? [] : [pseudonym(businessKey, key)]),
]
