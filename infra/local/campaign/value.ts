// One value of a body, checked against its attribute. Only the enumeration's text is documented.
import type { HttpAnswer } from './answer.ts'
import type { Attribute, Value } from './attribute.ts'
import { isDay, readTime, showTime } from './dates.ts'
import type { EngineErrors, Named } from './engine-error.ts'
import type { Settings } from './settings.ts'

export type Read<Result> = { value: Result } | { refusal: HttpAnswer }

/** What a value is judged by. */
export type Judge = { errors: EngineErrors; settings: Settings; resource: Named }

const readText = (
  { errors, settings, resource }: Judge,
  attribute: Attribute,
  given: string,
): Read<Value> => {
  const { name, type, maxLength, values } = attribute
  if (values && !values.has(given)) return { refusal: errors.badEnumeration(resource, name, given) }
  if (type === 'date' && given !== '' && !isDay(given)) {
    return { refusal: errors.badValue(name, 'a date is written YYYY-MM-DD') }
  }
  if (type === 'datetime' && given !== '') {
    const time = readTime(given)
    return time === undefined
      ? { refusal: errors.badValue(name, 'a date and time is written as in ISO 8601') }
      : { value: showTime(time) }
  }
  const isLong = maxLength !== undefined && given.length > maxLength && [...given].length > maxLength
  if (!isLong || settings.longText === 'keep') return { value: given }
  return settings.longText === 'truncate'
    ? { value: [...given].slice(0, maxLength).join('') }
    : { refusal: errors.badValue(name, `it is longer than ${maxLength} characters`) }
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

/** What `wrongType: convert` makes of a scalar; itself where there is no way. */
const convert = ({ type }: Attribute, given: unknown): unknown => {
  if (typeof given === 'object' || given === undefined) return given
  const text = String(given)
  if (type === 'boolean')
    return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : given
  if (type !== 'integer' && type !== 'number') return text
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : given
}

/** Undefined leaves the attribute as it is. No Adobe page speaks of null: the setting `nullValues` decides. */
export const readValue = (judge: Judge, attribute: Attribute, given: unknown): Read<Value | undefined> => {
  const { errors, settings } = judge
  if (given === null && settings.nullValues === 'clear') return { value: attribute.empty }
  if (given === null && settings.nullValues === 'ignore') return { value: undefined }
  const value = settings.wrongType === 'convert' ? convert(attribute, given) : given
  const right = isOfType(attribute, value)
  if (right && typeof value === 'string') return readText(judge, attribute, value)
  if (right && (typeof value === 'number' || typeof value === 'boolean')) return { value }
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  return { refusal: errors.badValue(attribute.name, `${attribute.type} expected, ${kind} given`) }
}
