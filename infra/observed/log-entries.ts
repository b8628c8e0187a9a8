// Our own lines in a log, whatever carries them: as they are printed, behind a prefix, dimmed, or as text in an export.
import { stripVTControlCharacters } from 'node:util'
import * as z from 'zod'

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
export const entriesIn = (line: string): readonly LogEntry[] => {
  if (!OURS.test(line)) return []
  const text = (line.includes('\u001b') ? stripVTControlCharacters(line) : line).trim()
  for (const candidate of candidates(text)) {
    const entries = entriesOf(parsed(candidate))
    if (entries.length > 0) return entries
  }
  return []
}

/** The line itself, what is left of it without a prefix, and the text of a field in an export that is broken into lines. */
const candidates = (text: string): readonly string[] => {
  const [, field] = /^"@?message"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text) ?? []
  const unwrapped = field === undefined ? undefined : parsed(field)
  return [
    text,
    text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1),
    ...(typeof unwrapped === 'string' ? [unwrapped] : []),
  ]
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Exports hold our lines as text in `message` (a log event) or `@message` (a query's row), in lists of several names. */
const entriesOf = (value: unknown): readonly LogEntry[] => {
  if (Array.isArray(value)) return value.flatMap(entriesOf)
  if (typeof value !== 'object' || value === null) return []
  const entry = entrySchema.safeParse(value)
  if (entry.success) return [entry.data]
  return Object.entries(value).flatMap(([name, inner]) => {
    if (!CARRIERS.has(name)) return []
    return typeof inner === 'string' ? entriesIn(inner) : entriesOf(inner)
  })
}

const CARRIERS: ReadonlySet<string> = new Set(['message', '@message', 'events', 'logEvents', 'results'])
