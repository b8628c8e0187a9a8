// What of a plan has to be sent to a record as it is: pure.
import type { Versions } from '../change/merge.ts'
import { type Comparison, isEmpty, isHeld, type ProfileRecord } from './campaign/record.ts'

/** What Campaign's profiles are made of here, and which attributes are only filled while empty. */
export type Schema = Comparison & { readonly filledOnly: ReadonlySet<string> }

export type Difference = {
  readonly missing: Versions
  /** Attributes that are only filled and hold another value already. */
  readonly kept: ReadonlySet<string>
}

/** Splits versions into what the record lacks and what it keeps; the rest it holds already. */
export const differenceOf = (versions: Versions, record: ProfileRecord, schema: Schema): Difference => {
  const others = Object.entries(versions).filter(
    ([attribute, { value }]) => !isHeld(record, attribute, value, schema),
  )
  const isKept = (attribute: string): boolean =>
    schema.filledOnly.has(attribute) && !isEmpty(record, attribute, schema)
  return {
    missing: Object.fromEntries(others.filter(([attribute]) => !isKept(attribute))),
    kept: new Set(others.map(([attribute]) => attribute).filter(isKept)),
  }
}

/** Whether these cannot be written without having seen the record. */
export const needRecord = (versions: Versions, { filledOnly }: Schema): boolean =>
  Object.keys(versions).some((attribute) => filledOnly.has(attribute))
