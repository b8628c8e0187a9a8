// What is wrong with an event, said so that its sender can mend it: never with a value in it.

/** Nothing is wrong with these: only a person can say what is to be done. */
export const FOR_A_PERSON = ['deletion', 'privacy-deletion', 'merge'] as const

export const PROBLEM_CODES = [
  'invalid',
  'unknown-key',
  'attribute-unknown',
  'attribute-read-only',
  'value-invalid',
  'not-clearable',
  'future',
  'key-not-addressable',
  'match-not-supported',
  'action-not-supported',
  'business-key-in-set',
  'opt-in-refused',
  'too-large',
  'unreadable',
  'source-unknown',
  ...FOR_A_PERSON,
] as const
export type ProblemCode = (typeof PROBLEM_CODES)[number]

/** `pointer` is an RFC 6901 JSON pointer from the start of the body. */
export type Problem = { readonly code: ProblemCode; readonly detail: string; readonly pointer: string }

/** Longer names are data that was put where a name belongs; they are not repeated. */
const LONGEST_NAME = 64

/** A JSON pointer below `base` (RFC 6901 section 3). */
export const pointerTo = (base: string, ...path: readonly PropertyKey[]): string => {
  let pointer = base
  for (const step of path) {
    const name = String(step)
    if (name.length > LONGEST_NAME) break
    pointer += `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  }
  return pointer
}
