// What an answer of Campaign that is not a success means for the change that caused it: one table.
// Sources: campaign-standard.en troubleshooting, setting-up-api-access; campaign.en limitations; Adobe's open-source
// API gateway for its error codes. Campaign's engine reports permanent input errors as 500, so its text decides.
import * as z from 'zod'
import type { DeferredCode, ParkedCode } from '../../change/outcome.ts'
import type { HttpRequest } from './transport.ts'

/**
 * - `refused`: this change can never succeed.
 * - `not-found`: no such record.
 * - `exists`: a POST that met a record with its key: somebody made it meanwhile, to be looked for again.
 * - `whole`: credentials, organization, Campaign itself: nobody's change is to blame.
 * - `units-unread`: as `whole`, but met before anything was sent, by what names an organizational unit and nothing else.
 * - `bad-url`: Campaign does not know the URL: a sender's key in it, or all of the endpoint; only the collection can tell.
 * - `unexplained`: refused without a reason we know; `isMissing` where it is that something was not found.
 * - `lost`: a write was sent and no believable answer came; it may still land until after `sentAt`.
 * - `unsent`: nothing was put on the wire.
 */
export type Fault =
  | { readonly kind: 'refused'; readonly code: ParkedCode }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'exists' }
  | {
      readonly kind: 'whole' | 'units-unread'
      readonly code: DeferredCode
      readonly retryAfterMilliseconds?: number | undefined
    }
  | { readonly kind: 'bad-url'; readonly isNamed: boolean }
  | { readonly kind: 'unexplained'; readonly isMissing?: true }
  | { readonly kind: 'lost'; readonly sentAt: number }
  | { readonly kind: 'unsent'; readonly code: 'deadline' | 'unreachable' }

/** A call to Campaign that did not succeed. Its message holds a status and codes, never an answer's text. */
export class CampaignError extends Error {
  override readonly name = 'CampaignError'
  readonly fault: Fault
  readonly code: string
  readonly retryable: boolean
  constructor(message: string, fault: Fault, cause?: unknown) {
    super(message, { cause })
    this.fault = fault
    this.code = 'code' in fault ? fault.code : fault.kind
    this.retryable = fault.kind !== 'refused' && fault.kind !== 'not-found'
  }
}

/** What is known about a failed answer. Times are epoch milliseconds. */
export type FailedAnswer = {
  readonly method: HttpRequest['method']
  readonly status: number
  readonly retryAfter: string | undefined
  readonly body: string
  readonly sentAt: number
  readonly now: number
}

/** The meaning of an answer outside 2xx. */
export const classify = (answer: FailedAnswer): Fault => {
  const { method, status, body } = answer
  const seen = { method, status: String(status), code: gatewayCode(body), text: body }
  const row = TABLE.find(([{ method = ANY, status = ANY, code, text = ANY }]) => {
    const isItsCode = !code || (seen.code !== undefined && code.test(seen.code))
    return isItsCode && method.test(seen.method) && status.test(seen.status) && text.test(seen.text)
  })
  return row ? row[1](answer) : { kind: 'unexplained' }
}

const gatewayBody = z.union([
  z.object({ error_code: z.coerce.string() }).transform(({ error_code }) => error_code),
  z.object({ code: z.coerce.string() }).transform(({ code }) => code),
])

/** The code of a gateway's JSON; the engine answers text. */
const gatewayCode = (body: string): string | undefined => {
  // Most bodies are the engine's text.
  if (!/^\s*\{/.test(body)) return undefined
  try {
    return gatewayBody.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}

/** What an answer must be for a row to be its; what a row does not name may be anything. */
type Signs = {
  readonly method?: RegExp
  readonly status?: RegExp
  readonly code?: RegExp
  readonly text?: RegExp
}
type ToFault = (answer: FailedAnswer) => Fault

const is = (fault: Fault) => (): Fault => fault
const refused = (code: ParkedCode) => is({ kind: 'refused', code })
const lost: ToFault = ({ sentAt }) => ({ kind: 'lost', sentAt })
const whole =
  (code: DeferredCode): ToFault =>
  ({ retryAfter, now }) => ({ kind: 'whole', code, retryAfterMilliseconds: readRetryAfter(retryAfter, now) })

const ANY = /^/
const WRITES = /PATCH|POST|DELETE/
/** The methods whose body a sentence about an attribute can mean; of any other it would be somebody else's. */
const SENDS = /PATCH|POST/

/** The first row that fits decides. */
const TABLE: readonly (readonly [Signs, ToFault])[] = [
  // Whatever the body says: who gave up waiting for Campaign cannot know what became of a write.
  [{ method: WRITES, status: /408|502|504/ }, lost],

  // A gateway's JSON is read by its code alone. 403023: the token is not for the organization of the URL; 500: there is
  // no such organization.
  [{ code: /^(403023|500)$/ }, whole('organization-refused')],
  [{ code: /^40[13]/ }, whole('credentials-refused')],
  [{ code: /^429/ }, whole('throttled')],
  [{ method: WRITES, code: /^(408|502|504)/ }, lost],
  [{ code: /^(408|50[234])/ }, whole('unavailable')],

  // Statuses that mean one thing, whoever sends them.
  [{ status: /40[13]/ }, whole('credentials-refused')],
  [{ status: /429/ }, whole('throttled')],
  [{ status: /408|50[234]/ }, whole('unavailable')],
  [{ code: ANY, status: /^5/ }, whole('unavailable')],
  [{ code: ANY }, is({ kind: 'unexplained' })],
  // The engine gives its reasons with 4xx and 500.
  [{ status: /^(?!4|500)/ }, whole('unavailable')],

  // The engine's text. A POST goes to the collection: what is not found is in its body, or the collection itself.
  [{ method: /POST/, text: /Unable to find document/ }, is({ kind: 'unexplained', isMissing: true })],
  [{ text: /Unable to find document/ }, is({ kind: 'not-found' })],
  [{ text: /Unable to decrypt PKey|XTK-170036/ }, refused('key-malformed')],
  [{ method: /POST/, status: /404/ }, whole('endpoint-unknown')],
  [{ text: /rc=-2003/ }, is({ kind: 'bad-url', isNamed: true })],
  [{ status: /404/ }, is({ kind: 'bad-url', isNamed: false })],
  [{ method: SENDS, text: /property that is read-only/ }, refused('attribute-read-only')],
  // Before the next two: an enumeration's sentence also says "is not valid".
  [{ method: SENDS, text: /enumeration/ }, refused('value-refused')],
  [{ method: SENDS, text: /property is not valid for/ }, refused('attribute-unknown')],
  [{ method: SENDS, text: /value .*is not valid|field is not valid/i }, refused('value-refused')],
  [{ method: SENDS, text: /Cannot update key/i }, refused('key-change-refused')],
  [{ method: /POST/, text: /already exists|duplicate key/ }, is({ kind: 'exists' })],
  [{ method: /PATCH/, text: /already exists|duplicate key/ }, refused('duplicate-key')],
]

/** Retry-After in milliseconds from now: seconds or a date (RFC 9110 section 10.2.3). */
export const readRetryAfter = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
