// How a change names its profile, read strictly: a key that could mean anything else in a URL is refused.

import type { MatchEntry } from '../change.ts'
import { isMatchAttribute, matchAttributes } from '../mapping.ts'
import { EMAIL_CHARACTERS } from '../profile.ts'
import type { DecodeContext } from '../source.ts'
import { isAddressable } from './business-key.ts'
import { type Problem, pointerTo } from './problem.ts'
import { isEmail, isPKey } from './value.ts'

export type ReadMatchEntry = { readonly entry: MatchEntry } | { readonly problem: Problem }

/** Reads one attribute and its value. Whole numbers are taken as their digits, however long. */
export const readMatchEntry = (
  attribute: string,
  given: unknown,
  pointer: string,
  context: DecodeContext,
): ReadMatchEntry => {
  const refuse = (code: Problem['code'], detail: string): ReadMatchEntry => ({
    problem: { code, detail, pointer: pointerTo(pointer, attribute) },
  })
  if (!isMatchAttribute(attribute, context)) {
    return refuse('match-not-supported', `profiles can be matched by ${matchAttributes(context)}`)
  }
  const value = textOf(given)
  if (value === undefined) return refuse('value-invalid', 'must be text or a whole number')
  if (attribute === 'email') {
    return value.length <= EMAIL_CHARACTERS && isEmail(value)
      ? { entry: { attribute, value } }
      : refuse('value-invalid', `must be an email address of at most ${EMAIL_CHARACTERS} characters`)
  }
  if (attribute === 'PKey') {
    return isPKey(value)
      ? { entry: { attribute, value } }
      : refuse('value-invalid', 'must be a PKey: @ followed by letters, digits, - and _')
  }
  if (attribute !== context.businessKey) {
    const longest = longestOf(attribute, context)
    return isFilterValue(value, longest)
      ? { entry: { attribute, value } }
      : refuse('value-invalid', `must be 1 to ${longest} characters, no control characters among them`)
  }
  return isAddressable(value, context.reserved)
    ? { entry: { attribute, value } }
    : refuse(
        'key-not-addressable',
        'must be 1 to 255 characters that are not ., .., an attribute, a filter or metadata, not start with @ or _ and not end in .json',
      )
}

/** Longest value a filter is asked for: escaped it stays far below any limit on URLs. */
const LONGEST_FILTER_VALUE = 255

const longestOf = (attribute: string, { attributes }: DecodeContext): number => {
  const definition = attributes.get(attribute)
  const held = definition?.type === 'text' ? definition.maxLength : undefined
  return Math.min(held ?? LONGEST_FILTER_VALUE, LONGEST_FILTER_VALUE)
}

/** It travels as a query's value, never as part of the path: no name is reserved. */
const isFilterValue = (value: string, longest: number): boolean =>
  value !== '' && [...value].length <= longest && value.isWellFormed() && !/\p{Cc}/u.test(value)

const textOf = (given: unknown): string | undefined => {
  if (typeof given === 'string') return given
  if (typeof given === 'bigint' || (typeof given === 'number' && Number.isSafeInteger(given)))
    return given.toString()
  return undefined
}

type MatchGiven = Readonly<Record<string, unknown>>

/** Reads one `{attribute: value}` or an ordered list of them, as whole as it is: every entry and every problem. */
export const readMatch = (given: MatchGiven | readonly MatchGiven[], at: string, context: DecodeContext) => {
  const entries: MatchEntry[] = []
  const problems: Problem[] = []
  const isList = Array.isArray(given)
  const list: readonly MatchGiven[] = isList ? given : [given]
  for (const [position, item] of list.entries()) {
    for (const [attribute, value] of Object.entries(item)) {
      const pointer = isList ? `${at}/${position}` : at
      const read = readMatchEntry(attribute, value, pointer, context)
      if ('problem' in read) problems.push(read.problem)
      else if (entries.some((entry) => entry.attribute === attribute)) {
        problems.push({
          code: 'invalid',
          detail: 'names an attribute twice',
          pointer: pointerTo(pointer, attribute),
        })
      } else entries.push(read.entry)
    }
  }
  return { entries, problems }
}
