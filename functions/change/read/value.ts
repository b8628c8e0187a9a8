// One value as a sender gives it becomes the value Campaign takes, or a sentence that says what is allowed.
import type { Value } from '../change.ts'
import { type AttributeDefinition, EMAIL_CHARACTERS } from '../profile.ts'
import { isDay, readInstant } from './instant.ts'
import type { ProblemCode } from './problem.ts'

export type ReadValue =
  | { readonly value: Value; readonly clears: boolean }
  | { readonly problem: { readonly code: ProblemCode; readonly detail: string } }

/** Where Campaign's own length is not known, so that one change always fits a queue message. */
const LONGEST_TEXT = 10_000

/** The longest name of an organizational unit that is looked for: Campaign's own length is documented nowhere. */
const UNIT_CHARACTERS = 255

/** Reads one value by its attribute's type. `null` clears where clearing exists; Campaign has no null of its own. */
export const readValue = (definition: AttributeDefinition, given: unknown): ReadValue => {
  if (given === null) return cleared(definition)
  switch (definition.type) {
    case 'text':
      return isText(given, definition.maxLength)
        ? { value: given, clears: given === '' }
        : invalid(`text of at most ${definition.maxLength ?? LONGEST_TEXT} characters`)
    case 'email':
      return isText(given, definition.maxLength) && (given === '' || isEmail(given))
        ? { value: given, clears: given === '' }
        : invalid(`an email address of at most ${EMAIL_CHARACTERS} characters`)
    case 'date':
      return given === '' || (typeof given === 'string' && isDay(given))
        ? { value: given, clears: given === '' }
        : invalid('a date as YYYY-MM-DD')
    case 'datetime':
      return given === '' || (typeof given === 'string' && readInstant(given) !== undefined)
        ? { value: given, clears: given === '' }
        : invalid('a date-time as RFC 3339 has it, with offset')
    case 'number':
      return typeof given === 'number' && Number.isFinite(given)
        ? { value: given, clears: false }
        : invalid('a number that a double holds exactly')
    case 'boolean':
      return typeof given === 'boolean' ? { value: given, clears: false } : invalid('true or false')
    case 'link':
      return isLink(given)
        ? { value: given.PKey, clears: false }
        : invalid('{"PKey":"@…"} and nothing else, the PKey of the record it leads to')
    case 'unit':
      return isText(given, UNIT_CHARACTERS) && given.trim() !== ''
        ? { value: given, clears: false }
        : invalid(`the name of an organizational unit, at most ${UNIT_CHARACTERS} characters`)
    case 'enumeration':
      return typeof given === 'string' && isNameOf(definition, given)
        ? { value: given, clears: given === definition.empty }
        : invalid(
            definition.values ? `one of ${namesOf(definition.values)}` : 'a name of letters, digits and _',
          )
  }
}

/**
 * An address with one @, no white space and nothing that cannot be part of a URL (half a surrogate pair); whether it
 * exists is Campaign's business.
 */
export const isEmail = (text: string): boolean =>
  text.isWellFormed() && /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(text)

/** Whether Campaign could have made this key of a record. */
export const isPKey = (given: unknown): given is string =>
  typeof given === 'string' && /^@[\w-]{1,255}$/.test(given)

const isLink = (given: unknown): given is { readonly PKey: string } =>
  typeof given === 'object' &&
  given !== null &&
  Object.keys(given).length === 1 &&
  'PKey' in given &&
  isPKey(given.PKey)

const cleared = (definition: AttributeDefinition): ReadValue => {
  switch (definition.type) {
    case 'number':
    case 'boolean':
    case 'link':
    case 'unit':
      return {
        problem: {
          code: 'not-clearable',
          detail: `a ${definition.type} cannot be cleared: Campaign has no empty one`,
        },
      }
    case 'enumeration':
      return { value: definition.empty, clears: true }
    default:
      return { value: '', clears: true }
  }
}

const invalid = (allowed: string): ReadValue => ({
  problem: { code: 'value-invalid', detail: `must be ${allowed}` },
})

const isText = (given: unknown, maxLength = LONGEST_TEXT): given is string =>
  typeof given === 'string' &&
  [...given].length <= maxLength &&
  // PostgreSQL text holds no NUL, and half a surrogate pair is no character.
  !given.includes('\u0000') &&
  given.isWellFormed()

const isNameOf = (definition: { readonly values?: readonly string[] }, given: string): boolean =>
  definition.values ? definition.values.includes(given) : /^\w{1,64}$/.test(given)

const namesOf = (values: readonly string[]): string =>
  values.length > 5 ? `${values.slice(0, 3).join(', ')}, … (${values.length} names)` : values.join(', ')
