// A sender's object of Campaign attributes, read name by name: nothing unknown passes, nothing is dropped unseen.
import type { Value } from '../change.ts'
import { isConsent, isNested, NOT_WRITABLE, writableAttributes } from '../profile.ts'
import type { DecodeContext } from '../source.ts'
import { type Problem, pointerTo } from './problem.ts'
import { readValue } from './value.ts'

export type ReadAttributes = {
  readonly values: Readonly<Record<string, Value>>
  /** Attributes whose value clears them. */
  readonly clears: ReadonlySet<string>
  /** Consent attributes whose value opens a channel again. */
  readonly optsIn: ReadonlySet<string>
  readonly problems: readonly Problem[]
}

/** Reads `{"phone": …, "location": {"city": …}, "location.zipCode": …}`; nested attributes come out dotted. */
export const readAttributes = (
  given: Readonly<Record<string, unknown>>,
  at: string,
  context: DecodeContext,
): ReadAttributes => {
  const values: Record<string, Value> = {}
  const clears = new Set<string>()
  const optsIn = new Set<string>()
  const problems: Problem[] = []
  for (const { attribute, value, pointer } of flatten(given, at)) {
    const definition = context.attributes.get(attribute)
    if (attribute === context.businessKey) {
      problems.push({ code: 'business-key-in-set', detail: 'the business key is named under match', pointer })
    } else if (definition === undefined) {
      problems.push({ ...unknown(attribute), pointer })
    } else if (Object.hasOwn(values, attribute)) {
      problems.push({ code: 'invalid', detail: 'is given twice', pointer })
    } else {
      const read = readValue(definition, value)
      if ('problem' in read) {
        problems.push({ ...read.problem, pointer })
        continue
      }
      values[attribute] = read.value
      if (read.clears) clears.add(attribute)
      if (isConsent(attribute) && read.value === false) optsIn.add(attribute)
    }
  }
  return { values, clears, optsIn, problems }
}

const flatten = (given: Readonly<Record<string, unknown>>, at: string) =>
  Object.entries(given).flatMap(([name, value]) =>
    isNested(name) && typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([inner, innerValue]: [string, unknown]) => ({
          attribute: `${name}.${inner}`,
          value: innerValue,
          pointer: pointerTo(at, name, inner),
        }))
      : [{ attribute: name, value, pointer: pointerTo(at, name) }],
  )

const unknown = (attribute: string): Pick<Problem, 'code' | 'detail'> => {
  if (isNested(attribute)) return { code: 'value-invalid', detail: 'must be an object of its attributes' }
  if (NOT_WRITABLE.has(attribute) || STOCK.has(attribute)) {
    return { code: 'attribute-read-only', detail: 'cannot be written in Campaign' }
  }
  return attribute.startsWith('cus')
    ? { code: 'attribute-unknown', detail: 'is not declared: add custom attributes to mappings.ts' }
    : { code: 'attribute-unknown', detail: 'is no attribute of a Campaign profile' }
}

/** What some dialect takes. */
const STOCK = writableAttributes({})
