// What EventBridge takes and what it says of the rest. Detail is kept as text, so that no digit of it is lost.
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { ACCOUNT_ID, REGION } from './aws-clients.ts'

/** EventBridge's largest request: entries, and all their bytes (1 MiB since January 2026, see its release notes). */
const MOST_ENTRIES = 10
const MOST_BYTES = 1024 * 1024

const entrySchema = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default('default'),
  Resources: z.array(z.string()).default([]),
  /** Epoch seconds, as the SDK writes them. */
  Time: z.number().optional(),
})
export const putEventsSchema = z.object({ Entries: z.array(entrySchema) })
export type Entry = z.infer<typeof entrySchema>

/** An event on a bus. `head` is the envelope without its detail. */
export type BusEvent = {
  readonly id: string
  readonly busName: string
  readonly source: string
  /** Epoch milliseconds, whole seconds. */
  readonly at: number
  readonly head: Readonly<Record<string, unknown>>
  readonly detail: string
}

/** What is wrong with a request as a whole; undefined where its entries are looked at one by one. */
export const requestFault = (entries: readonly Entry[]): string | undefined => {
  if (entries.length < 1 || entries.length > MOST_ENTRIES)
    return `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MOST_ENTRIES}`
  const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0)
  return bytes >= MOST_BYTES ? 'Total size of the entries in the request is over the limit.' : undefined
}

/** The event, or the error that AWS answers in the entry's place. `now` is epoch milliseconds. */
export const toBusEvent = (
  entry: Entry,
  now: number,
): BusEvent | { ErrorCode: string; ErrorMessage: string } => {
  const { Source, DetailType, Detail, EventBusName, Resources, Time } = entry
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name])
      return refusal(
        'InvalidArgument',
        `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      )
  }
  if (Source?.startsWith('aws.'))
    return refusal('NotAuthorizedForSourceException', 'Not authorized for the source.')
  // The reference asks for an object; that a list is refused as this is inferred, and that it never arrives is said to be so.
  if (!isObject(Detail ?? '')) return refusal('MalformedDetail', 'Detail is malformed.')
  const at = Math.floor(Time ?? now / 1000) * 1000
  const id = randomUUID()
  const head = {
    version: '0',
    id,
    'detail-type': DetailType,
    source: Source,
    account: ACCOUNT_ID,
    time: new Date(at).toISOString().replace('.000', ''),
    region: REGION,
    resources: Resources,
  }
  const busName = EventBusName.split('/').at(-1) ?? ''
  return { id, busName, source: Source ?? '', at, head, detail: Detail ?? '' }
}

/** The envelope as a target gets it; `more` is what a replay adds. */
export const toEnvelope = ({ head, detail }: BusEvent, more: object = {}): string =>
  `${JSON.stringify({ ...head, ...more }).slice(0, -1)},"detail":${detail}}`

const refusal = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage })

/** As the guide counts an entry: fourteen for a time, and the bytes of everything else. */
const bytesOf = ({ Source = '', DetailType = '', Detail = '', Resources, Time }: Entry): number =>
  [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0) +
  (Time === undefined ? 0 : 14)

const isObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
