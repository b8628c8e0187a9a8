// One value of a body, checked against its attribute. Only the enumeration's text is documented.
import type { HttpAnswer } from './answer.ts'
import type { Attribute, Value } from './attributes.ts'
import { isDay, readTime, showTime } from './dates.ts'
import { badEnumeration, badValue } from './engine-error.ts'

export type Read<Result> = { value: Result } | { refusal: HttpAnswer }

const readText = (attribute: Attribute, given: string): Read<Value> => {
  const { name, type, maxLength, values } = attribute
  if (values && !values.has(given)) return { refusal: badEnumeration(name, given) }
  if (type === 'date' && given !== '' && !isDay(given)) {
    return { refusal: badValue(name, 'a date is written YYYY-MM-DD') }
  }
  if (type === 'datetime' && given !== '') {
    const time = readTime(given)
    return time === undefined
      ? { refusal: badValue(name, 'a date and time is written as in ISO 8601') }
      : { value: showTime(time) }
  }
  if (maxLength !== undefined && given.length > maxLength && [...given].length > maxLength) {
    return { refusal: badValue(name, `it is longer than ${maxLength} characters`) }
  }
  return { value: given }
}

const isOfType = ({ type }: Attribute, given: unknown): boolean => {
  switch (type) {
    case 'boolean':
      return typeof given === 'boolean'
    case 'integer':
      return Number.isSafeInteger(given)
    case 'number':
      return typeof given === 'number'
    default:
      return typeof given === 'string'
  }
}

/** That null clears is inferred; no Adobe page speaks of null. */
export const readValue = (attribute: Attribute, given: unknown): Read<Value> => {
  if (given === null) return { value: attribute.empty }
  const right = isOfType(attribute, given)
  if (right && typeof given === 'string') return readText(attribute, given)
  if (right && (typeof given === 'number' || typeof given === 'boolean')) return { value: given }
  const kind = Array.isArray(given) ? 'array' : typeof given
  return { refusal: badValue(attribute.name, `${attribute.type} expected, ${kind} given`) }
}
