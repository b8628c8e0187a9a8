// The two lines that say what was accepted and how it ended, as the functions log them.
import * as z from 'zod'
import { fromRanges } from '../../functions/change/ranges.ts'
import { recordsIn } from '../logs/log-records.ts'

/** Epoch milliseconds. */
const timestamp = z
  .union([z.string(), z.number()])
  .transform((given) => new Date(given).getTime())
  .refine((time) => !Number.isNaN(time))

/** Accept, once per delivery that was authentic. */
const decodedSchema = z.object({
  message: z.literal('delivery.decoded'),
  timestamp,
  receipt: z.string(),
  status: z.int(),
  // Powertools leaves out what is empty.
  indexes: z
    .string()
    .default('')
    .transform((text, context) => {
      const read = fromRanges(text)
      if (!read) context.addIssue({ code: 'custom' })
      return read ?? []
    }),
  ignored: z.array(z.string()),
  rejected: z.array(z.string()),
})

/** Deliver, whenever a change has ended, or was said to be tried again. */
const deliveredSchema = z.object({
  message: z.literal('change.delivered'),
  receipt: z.string(),
  index: z.int(),
  changeId: z.string(),
  outcome: z.string(),
  code: z.string().optional(),
  engineCalls: z.number(),
  ageMs: z.number(),
})

const saidSchema = z.discriminatedUnion('message', [decodedSchema, deliveredSchema])

export type Decoded = z.infer<typeof decodedSchema>
export type Delivered = z.infer<typeof deliveredSchema>
export type Said = Decoded | Delivered

const WORDS = /delivery\.decoded|change\.delivered/

/** What a line of a log says; undefined where it speaks of a delivery or a change and cannot be read. */
export const saidIn = (line: string): readonly Said[] | undefined => {
  if (!WORDS.test(line)) return []
  const read = recordsIn(line, WORDS).map((record) => saidSchema.safeParse(record))
  if (read.length === 0 || read.some(({ success }) => !success)) return undefined
  return read.flatMap(({ data }) => data ?? [])
}
