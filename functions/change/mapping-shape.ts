// The shape of mappings.ts, as a user may get it wrong: the file is not type-checked when it runs.
import * as z from 'zod'
import { OWNERS } from './mapping.ts'

const text = z.string('must be text')
const name = text.min(1, 'must not be empty')
const TENANTS = "must be 'any' or a list of account ids as text, such as ['62515']"
const FILTER =
  "must be { name, parameter }, such as { name: 'byLoyaltyId', parameter: 'loyaltyId_parameter' }"
const OWNED = "must be { attribute: owner }, such as { phone: 'fill' }"
const TYPES = 'text, email, date, datetime, number, boolean, enumeration or link'

const BUS =
  "must be a list of EventBridge sources such as ['com.example.crm'], or [] where messages are put straight into the inbox"
/** PutEvents refuses the others (API reference, PutEventsRequestEntry); those of partners are not put, they come. */
const SENDER =
  'must be an EventBridge source of 1 to 256 characters such as com.example.crm; only those of partners begin with aws.'

const mappingsShape = z.strictObject({
  sources: z.record(
    z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'a source is named by small letters, digits and -'),
    z.strictObject({
      kind: name,
      tenants: z.union([z.literal('any'), z.array(name).min(1, TENANTS)], TENANTS).optional(),
      match: z.array(z.strictObject({ field: name, attribute: name })).optional(),
      fields: z
        .record(
          z.string(),
          z.union(
            [
              name,
              z.strictObject({
                attribute: name,
                normalise: z.array(z.custom((given) => typeof given === 'function')).optional(),
                optIn: z.literal('explicit').optional(),
              }),
            ],
            "must be the name of an attribute, or { attribute, normalise: [functions], optIn: 'explicit' }",
          ),
        )
        .optional(),
      merges: z.enum(['park', 'ignore'], "must be 'park' or 'ignore'").optional(),
      bus: z.array(z.string(SENDER).regex(/^(?!aws\.(?!partner\/)).{1,256}$/, SENDER), BUS).optional(),
      phoneRegion: z
        .string()
        .regex(/^[A-Z]{2}$/, 'must be an ISO 3166 country code, such as FR or US')
        .optional(),
    }),
  ),
  inbox: name.optional(),
  attributes: z.record(
    z.string(),
    z.discriminatedUnion(
      'type',
      [
        z.strictObject({ type: z.enum(['text', 'email']), maxLength: z.int().positive().optional() }),
        z.strictObject({ type: z.enum(['date', 'datetime', 'number', 'boolean', 'link']) }),
        z.strictObject({
          type: z.literal('enumeration'),
          values: z.array(name).min(1).optional(),
          empty: z.string(),
        }),
      ],
      { error: `must be { type } with one of ${TYPES}` },
    ),
  ),
  owners: z.record(z.string(), z.enum(OWNERS, `must be ${OWNERS.join(' or ')}`), OWNED).optional(),
  filters: z.record(z.string(), z.strictObject({ name: text, parameter: text }, FILTER)).optional(),
  orgUnit: name.optional(),
})

const sentencesOf = (issue: z.core.$ZodIssue): readonly string[] => {
  const at = issue.path.join('.')
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => `${[...issue.path, key].join('.')}: is not known here`)
    : [`${at}: ${issue.message}`]
}

/** What is wrong with the shape, one sentence each; empty when the mappings are what their type says. */
export const shapeFaults = (mappings: unknown): readonly string[] =>
  mappingsShape.safeParse(mappings).error?.issues.flatMap(sentencesOf) ?? []
