// Which keys of a sender can be one segment of a Campaign URL and mean the record and nothing else.
import type { Filters } from '../mapping.ts'
import { type Attributes, NOT_WRITABLE } from '../profile.ts'

/** Longest key that is let through: an encoded segment of this length stays far below any limit on URLs. */
const LONGEST_KEY = 255

/** Stock filters (campaign-standard.en datamodel-profile) and, as v8 names them, without `by`. */
export const STOCK_FILTERS: readonly string[] = [
  ...['byEmail', 'byKeysProfile', 'byText', 'byStaticAudience', 'subscribers', 'hasReceivedDelivery'],
  ...[
    'hasOpenedDelivery',
    'hasClickedDelivery',
    'profile',
    'birthday',
    'keysProfile',
    'text',
    'staticAudience',
  ],
]

/** What is written in one dialect only may still be read in the other. */
const OF_A_DIALECT = ['location', 'orgUnit']

/** Every name a segment may already stand for, in lower case. Made once per installation. */
export const reservedNames = (attributes: Attributes, filters: Filters): ReadonlySet<string> => {
  const custom = [...filters.values()].map(({ name }) => name)
  return new Set(
    [...attributes.keys(), ...NOT_WRITABLE, ...STOCK_FILTERS, ...custom, ...OF_A_DIALECT, 'metadata'].map(
      (name) => name.toLowerCase(),
    ),
  )
}

/**
 * Whether `/profile/<key>` would address the record with this key. Campaign reads the same segment as a PKey (`@…`),
 * an attribute, a filter, `metadata`, `_count` or a representation (`.json`), and a URL parser swallows dots;
 * which of them wins is documented nowhere, so none is tried.
 */
export const isAddressable = (key: string, reserved: ReadonlySet<string>): boolean =>
  key !== '' &&
  key !== '.' &&
  key !== '..' &&
  key.length <= LONGEST_KEY &&
  key.isWellFormed() &&
  !/^[@_]|[\p{Cc}]/u.test(key) &&
  !/\.json$/i.test(key) &&
  !reserved.has(key.toLowerCase())
