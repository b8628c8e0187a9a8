// The one shape that crosses the queue: which profile, which attributes, since when.
import * as z from 'zod'

/** A value as Campaign takes it: clearing is already spelled the way its attribute's type asks for. */
export type Value = string | number | boolean

/** One way to name a profile. Values of keys are text, an email keeps its spelling. */
export type MatchEntry = { readonly attribute: string; readonly value: string }

/** The value as it is compared: an email is the same in any case, a key is taken to the letter. */
export const canonicalValue = ({ attribute, value }: MatchEntry): string =>
  attribute === 'email' ? value.toLowerCase() : value

/** Attribute name (nested ones dotted, `location.city`) to value. */
export type Values = Readonly<Record<string, Value>>

/**
 * - `update`: of a profile that exists.
 * - `upsert`: the profile is created where there is none.
 * - `delete`: the profile is deleted, and nothing older brings it back; `set` and `restate` are empty.
 */
export const ACTIONS = ['update', 'upsert', 'delete'] as const
export type Action = (typeof ACTIONS)[number]

/** One change of one profile. `occurredAt` is epoch milliseconds, `index` its event's place in the delivery. */
export type Change = {
  readonly id: string
  readonly index: number
  readonly source: string
  readonly occurredAt: number
  readonly sequence?: string | undefined
  readonly action: Action
  /** Ordered: the first entry that finds exactly one profile decides. */
  readonly match: readonly [MatchEntry, ...MatchEntry[]]
  /** Values the event says were changed. */
  readonly set: Values
  /** Values the event merely repeats. */
  readonly restate: Values
  /** It stands for a deletion in the CRM: of somebody unknown there is nothing to close, and nobody to be made for it. */
  readonly isDeletion?: true | undefined
}

const matchEntry = z.object({ attribute: z.string(), value: z.string() })
const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

/** Reads a change back from a queue body. */
export const changeSchema: z.ZodType<Change> = z.object({
  id: z.string(),
  index: z.int().nonnegative(),
  source: z.string(),
  occurredAt: z.int(),
  sequence: z
    .string()
    .regex(/^\d{1,39}$/)
    .optional(),
  action: z.enum(ACTIONS),
  match: z.tuple([matchEntry], matchEntry),
  set: values,
  restate: values,
  isDeletion: z.literal(true).optional(),
})

/** Everything a change would write, `set` over `restate`. */
export const valuesOf = (change: Change): Values => ({ ...change.restate, ...change.set })
