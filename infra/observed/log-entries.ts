// What the lines of a log say of observed changes, and of the deliveries they came in.
import * as z from 'zod'
import { recordsIn } from '../logs/log-records.ts'

const timestamp = z.string().optional()
const changeDelivered = z.looseObject({
  message: z.literal('change.delivered'),
  outcome: z.string(),
  code: z.string().optional(),
  changed: z.array(z.string()).default([]),
  profile: z.string().optional(),
  subject: z.string(),
  receipt: z.string(),
  index: z.int(),
  timestamp,
})
const deliveryDecoded = z.looseObject({
  message: z.literal('delivery.decoded'),
  status: z.int(),
  receipt: z.string(),
  ignored: z.array(z.string()),
  rejected: z.array(z.string()),
  timestamp,
})
const entrySchema = z.discriminatedUnion('message', [changeDelivered, deliveryDecoded])

export type LogEntry = z.infer<typeof entrySchema>

/** What every line of ours holds in whatever carries it, escaped or not: millions of others are not even parsed. */
const OURS = /change\.delivered|delivery\.decoded/

/** The entries that one line of a log holds: mostly one or none, several where a line is a whole export. */
export const entriesIn = (line: string): readonly LogEntry[] =>
  recordsIn(line, OURS).flatMap((record) => entrySchema.safeParse(record).data ?? [])
