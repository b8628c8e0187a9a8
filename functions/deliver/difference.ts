// What of a plan has to be sent to a record as it is: pure.
import type { Versions } from '../change/merge.ts'
import type { Attributes } from '../change/profile.ts'
import { isEmpty, isHeld, type ProfileRecord } from './campaign/record.ts'
import type { Weighed } from './consent.ts'

/** What Campaign's profiles are made of here, and which attributes are only filled while empty. */
export type Schema = { readonly attributes: Attributes; readonly filledOnly: ReadonlySet<string> }

export type Difference = {
  readonly missing: Versions
  /** Attributes that stay as they are: only filled, and holding another value already; or flags closed by a later word. */
  readonly kept: ReadonlySet<string>
  readonly unclear: ReadonlySet<string>
}

/** Splits what may be written into what the record lacks and what it keeps; the rest it holds already. */
export const differenceOf = (
  { allowed, superseded, unclear }: Weighed,
  record: ProfileRecord,
  { attributes, filledOnly }: Schema,
): Difference => {
  const others = Object.entries(allowed).filter(
    ([attribute, { value }]) => !isHeld(record, attribute, value, attributes),
  )
  const isKept = (attribute: string): boolean =>
    filledOnly.has(attribute) && !isEmpty(record, attribute, attributes)
  return {
    missing: Object.fromEntries(others.filter(([attribute]) => !isKept(attribute))),
    kept: new Set([...others.map(([attribute]) => attribute).filter(isKept), ...superseded]),
    unclear,
  }
}

/** Whether these cannot be written without having seen the record. */
export const needRecord = (versions: Versions, { filledOnly }: Schema): boolean =>
  Object.keys(versions).some((attribute) => filledOnly.has(attribute))
