// What of a plan has to be sent to a record as it is: pure.
import type { Versions } from '../../change/merge.ts'
import { type Comparison, isEmpty, isHeld, type ProfileRecord } from '../campaign/record.ts'
import type { Weighed } from './consent.ts'

/** What Campaign's profiles are made of here, and which attributes are only filled while empty. */
export type Schema = Comparison & { readonly filledOnly: ReadonlySet<string> }

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
  schema: Schema,
): Difference => {
  const others = Object.entries(allowed).filter(
    ([attribute, { value }]) => !isHeld(record, attribute, value, schema),
  )
  const isKept = (attribute: string): boolean =>
    schema.filledOnly.has(attribute) && !isEmpty(record, attribute, schema)
  return {
    missing: Object.fromEntries(others.filter(([attribute]) => !isKept(attribute))),
    kept: new Set([...others.map(([attribute]) => attribute).filter(isKept), ...superseded]),
    unclear,
  }
}

/** Whether these cannot be written without having seen the record. */
export const needRecord = (versions: Versions, { filledOnly }: Schema): boolean =>
  Object.keys(versions).some((attribute) => filledOnly.has(attribute))
