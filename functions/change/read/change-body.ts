// One change as our own documented format writes it: {"id", "occurredAt", "match", "set"}. Whatever carries it (a
// delivery of `direct`, the data of another envelope) reads it here.
import * as z from 'zod'
import type { DecodeContext, Decoded } from '../source.ts'
import { actionProblems, readAction } from './action.ts'
import { readAttributes } from './attributes.ts'
import { readInstant } from './instant.ts'
import { readMatch } from './match-entry.ts'
import { futureProblem } from './occurred-at.ts'
import { type Problem, pointerTo } from './problem.ts'

const isObject = (given: unknown): given is Readonly<Record<string, unknown>> =>
  typeof given === 'object' && given !== null && !Array.isArray(given)
// z.record would drop a key named __proto__ without a word; here every key is seen.
const object = (message: string) => z.custom<Readonly<Record<string, unknown>>>(isObject, message)
const matchObject = z.custom<Readonly<Record<string, unknown>>>(
  (given) => isObject(given) && Object.keys(given).length === 1,
  'must be an object with exactly one attribute',
)

const MATCH = 'must be an object with exactly one attribute, or a list of one to four of them'

const schema = z.strictObject({
  id: z
    .string('must be text')
    .regex(/^[A-Za-z0-9._:~-]{1,128}$/, 'must be 1 to 128 letters, digits and . _ : ~ -'),
  occurredAt: z
    .string('must be text')
    .refine((text) => readInstant(text) !== undefined, 'must be a date-time as RFC 3339 has it, with offset'),
  match: z.union([matchObject, z.array(matchObject).min(1, MATCH).max(4, MATCH)], MATCH),
  set: object('must be an object of attributes').optional(),
  restate: object('must be an object of attributes').optional(),
  action: z.string('must be text').optional(),
  sequence: z
    .string('must be text')
    .regex(/^\d{1,39}$/, 'must be at most 39 decimal digits, as text')
    .optional(),
})

/** What becomes of one change; `at` is the pointer to it, `index` the place of its event in the delivery. */
export const readChangeBody = (
  given: unknown,
  index: number,
  at: string,
  context: DecodeContext,
): Decoded => {
  const reject = (problems: readonly Problem[]): Decoded => {
    const [first = { code: 'invalid', detail: 'must be a change', pointer: at } as const, ...others] =
      problems
    return { kind: 'rejected', problems: [first, ...others], event: given }
  }
  if (!isObject(given)) return reject([{ code: 'invalid', detail: 'must be an object', pointer: at }])
  const parsed = schema.safeParse(given)
  if (!parsed.success) return reject(parsed.error.issues.flatMap((issue) => toProblems(issue, at)))
  const { data } = parsed

  const occurredAt = readInstant(data.occurredAt) ?? 0
  const future = futureProblem(occurredAt, at, context)
  const action = readAction(data.action)
  const match = readMatch(data.match, `${at}/match`, context)
  const readable = match.problems.length === 0 ? match.entries : []
  // Of values that a deletion must not hold at all nothing else is said.
  const values = readValues(action === 'delete' ? {} : data, at, context)
  const problems = [
    ...(future ? [future] : []),
    ...actionProblems(action, { ...data, match: readable }, at),
    ...match.problems,
    ...values.problems,
  ]
  const [first, ...others] = match.entries
  if (problems.length > 0 || !first || !action) return reject(problems)

  const { set, restate } = values
  // An upsert without values still makes sure that the profile exists.
  if (action === 'update' && Object.keys({ ...set, ...restate }).length === 0)
    return { kind: 'ignored', code: 'nothing-to-write' }
  return {
    kind: 'change',
    change: {
      id: data.id,
      index,
      source: context.source,
      occurredAt,
      ...(data.sequence !== undefined && { sequence: data.sequence }),
      action,
      match: [first, ...others],
      set,
      restate,
    },
  }
}

/** What a change writes, whatever its action: what is merely restated never clears and never opts in. */
const readValues = (
  data: Pick<z.infer<typeof schema>, 'set' | 'restate'>,
  at: string,
  context: DecodeContext,
) => {
  const set = readAttributes(data.set ?? {}, `${at}/set`, context)
  const restate = readAttributes(data.restate ?? {}, `${at}/restate`, context)
  const restated = Object.entries(restate.values).filter(
    ([attribute]) => !restate.clears.has(attribute) && !restate.optsIn.has(attribute),
  )
  return {
    // Who names a flag under `set` opts in on purpose.
    set: set.values,
    restate: Object.fromEntries(restated),
    problems: [...set.problems, ...restate.problems],
  }
}

const toProblems = (issue: z.core.$ZodIssue, at: string): readonly Problem[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({
        code: 'unknown-key',
        detail: `is unknown: ${Object.keys(schema.shape).join(', ')} are allowed`,
        pointer: pointerTo(at, key),
      }))
    : [{ code: 'invalid', detail: issue.message, pointer: pointerTo(at, ...issue.path) }]
