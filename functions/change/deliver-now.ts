// What accept asks of deliver when a sender waits for the answer, and what it is told: the border between the two.
import * as z from 'zod'
import { type Change, changeSchema } from './change.ts'
import type { DeliveryStamp } from './message.ts'
import { DEFERRED_CODES, OBSERVED_CODES, type Outcome, PARKED_CODES } from './outcome.ts'

/** A direct invocation. `deadline` is epoch milliseconds: nothing is begun after it. */
export type DeliverNowRequest = DeliveryStamp & {
  readonly deadline: number
  readonly changes: readonly Change[]
}

export const deliverNowRequestSchema: z.ZodType<DeliverNowRequest> = z.object({
  receipt: z.string().min(1),
  receivedAt: z.int(),
  deadline: z.int(),
  changes: z.array(changeSchema).min(1),
})

const written = { PKey: z.string().optional(), href: z.string().optional() }
const putAside = { code: z.enum(PARKED_CODES), detail: z.string() }
const attributes = { changed: z.array(z.string()) }
const outcomeSchema: z.ZodType<Outcome> = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.enum(['applied', 'created']),
    ...written,
    ...attributes,
    verified: z.boolean().optional(),
  }),
  z.object({
    outcome: z.literal('observed'),
    code: z.enum(OBSERVED_CODES),
    ...attributes,
    profile: z.string().optional(),
  }),
  z.object({ outcome: z.literal('waiting') }),
  z.object({ outcome: z.literal('unchanged'), ...written }),
  z.object({ outcome: z.literal('superseded') }),
  z.object({ outcome: z.literal('duplicate') }),
  z.object({ outcome: z.enum(['unmatched', 'ambiguous', 'parked']), ...putAside }),
  z.object({ outcome: z.literal('deferred'), code: z.enum(DEFERRED_CODES) }),
])

/** How each change ended, in the order of the request. */
export type DeliverNowAnswer = { readonly results: readonly Outcome[] }

export const deliverNowAnswerSchema: z.ZodType<DeliverNowAnswer> = z.object({
  results: z.array(outcomeSchema),
})
