// One field of a CRM's record, as text, becomes one attribute of the profile.
import type { Value } from '../change.ts'
import { optsIn } from '../consent-sent.ts'
import { fieldOf } from '../mapping.ts'
import type { AttributeDefinition } from '../profile.ts'
import type { DecodeContext } from '../source.ts'
import type { Problem } from './problem.ts'
import { readValue } from './value.ts'

export type ReadField =
  | { readonly attribute: string; readonly value: Value; readonly clears: boolean }
  | { readonly problem: Problem }
  | undefined

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000

const NOT_EXPLICIT = "opting in is taken only where mappings.ts says optIn: 'explicit'"

const PHONES = ['phone', 'mobilePhone', 'fax']

/** Maps, trims, normalises and reads a field's text; empty text clears. Undefined where the mapping does not name it. */
export const readField = (
  field: string,
  text: string,
  pointer: string,
  context: DecodeContext,
): ReadField => {
  const mapped = fieldOf(context.mapping, field)
  const definition = mapped && context.attributes.get(mapped.attribute)
  if (!mapped || !definition) return undefined
  const normalisers = [...mapped.normalise]
  if (context.normalisePhone && PHONES.includes(mapped.attribute)) normalisers.push(context.normalisePhone)
  let tidy = text.trim()
  try {
    for (const normalise of normalisers) tidy = asText(normalise(tidy))
  } catch {
    // One event is refused for it, not the whole delivery; what the normaliser says may quote the value.
    return { problem: { code: 'value-invalid', detail: 'a normaliser of mappings.ts failed on it', pointer } }
  }
  const read = readValue(definition, tidy === '' ? null : typed(definition, tidy))
  if ('problem' in read) return { problem: { ...read.problem, pointer } }
  if (optsIn(mapped.attribute, read.value) && mapped.optIn === undefined)
    return { problem: { code: 'opt-in-refused', detail: NOT_EXPLICIT, pointer } }
  return { attribute: mapped.attribute, ...read }
}

/** A user's file is not type-checked when it runs. */
const asText = (given: unknown): string => {
  if (typeof given === 'string') return given
  throw new TypeError('a normaliser answers text')
}

/** CRMs send everything as text; what does not read as the attribute's type stays text and is refused by name. */
const typed = (definition: AttributeDefinition, text: string): unknown => {
  switch (definition.type) {
    case 'number':
      // A whole number that a double would round stays text: it is refused rather than changed.
      return isHeldExactly(text) ? Number(text) : text
    case 'boolean':
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : text
    case 'date':
      return isEpochDay(text) ? new Date(Number(text)).toISOString().slice(0, 10) : text
    case 'link':
      return { PKey: text }
    default:
      return text
  }
}

/** Whether a decimal stays itself as a double, as far as anybody counts on it: no whole number is rounded, or made. */
const isHeldExactly = (text: string): boolean => {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return false
  if (!Number.isInteger(Number(text))) return true
  return Number.isSafeInteger(Number(text)) && /^-?\d+(\.0+)?$/.test(text)
}

/** HubSpot's date properties are midnight UTC in epoch milliseconds; few digits that are not midnight are something else. */
const isEpochDay = (text: string): boolean =>
  /^-?\d{1,14}$/.test(text) && (text.length > 9 || Number(text) % DAY_MILLISECONDS === 0)
