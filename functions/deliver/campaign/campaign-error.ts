// What an answer of Campaign that is not a success means for the change that caused it: one table.
// Sources: campaign-standard.en troubleshooting, setting-up-api-access; campaign.en limitations; Adobe's open-source
// API gateway for its error codes. Campaign's engine reports permanent input errors as 500, so its text decides.
import * as z from 'zod'
import type { DeferredCode, ParkedCode } from '../../change/outcome.ts'

/**
 * - `refused`: this change can never succeed.
 * - `not-found`: no such record.
 * - `whole`: credentials, organization, Campaign itself: nobody's change is to blame.
 * - `bad-url`: Campaign does not know the URL: a sender's key in it, or all of the endpoint; only the collection can tell.
 * - `unexplained`: refused without a reason we know.
 * - `lost`: a write was sent and no believable answer came; it may still land until after `sentAt`.
 * - `unsent`: nothing was put on the wire.
 */
export type Fault =
  | { readonly kind: 'refused'; readonly code: ParkedCode }
  | { readonly kind: 'not-found' }
  | {
      readonly kind: 'whole'
      readonly code: DeferredCode
      readonly retryAfterMilliseconds?: number | undefined
    }
  | { readonly kind: 'bad-url'; readonly isNamed: boolean }
  | { readonly kind: 'unexplained' }
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
  readonly isWrite: boolean
  readonly status: number
  readonly retryAfter: string | undefined
  readonly body: string
  readonly sentAt: number
  readonly now: number
}

/** The meaning of an answer outside 2xx. A gateway's JSON is read by its code alone; sentences count only in engine text. */
export const classify = (answer: FailedAnswer): Fault => {
  // Whatever the body says: who gave up waiting cannot know what became of a write.
  if (answer.isWrite && GAVE_UP.includes(answer.status)) return { kind: 'lost', sentAt: answer.sentAt }
  const gateway = gatewayCode(answer.body)
  if (gateway !== undefined) return byCode(gateway, answer)
  return byStatus(answer.status, answer) ?? byText(answer)
}

/** Answers of somebody between us and Campaign who stopped waiting. */
const GAVE_UP: readonly number[] = [408, 502, 504]

const gatewayBody = z.union([
  z.object({ error_code: z.coerce.string() }).transform(({ error_code }) => error_code),
  z.object({ code: z.coerce.string() }).transform(({ code }) => code),
])

const gatewayCode = (body: string): string | undefined => {
  try {
    return gatewayBody.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}

const byCode = (code: string, answer: FailedAnswer): Fault => {
  // The token's product context does not hold the organization of the URL; or the organization is not in the URL's world.
  if (code === '403023' || code === '500') return { kind: 'whole', code: 'organization-refused' }
  const known = byStatus(Number(code.slice(0, 3)), answer) ?? byStatus(answer.status, answer)
  return known ?? (answer.status >= 500 ? { kind: 'whole', code: 'unavailable' } : { kind: 'unexplained' })
}

const byStatus = (status: number, answer: FailedAnswer): Fault | undefined => {
  switch (status) {
    case 401:
    case 403:
      return { kind: 'whole', code: 'credentials-refused' }
    case 429:
      return {
        kind: 'whole',
        code: 'throttled',
        retryAfterMilliseconds: readRetryAfter(answer.retryAfter, answer.now),
      }
    case 408:
    case 502:
    case 504:
      // Somebody between us and Campaign gave up waiting: a write may have gone through.
      return answer.isWrite ? { kind: 'lost', sentAt: answer.sentAt } : { kind: 'whole', code: 'unavailable' }
    case 503:
      return {
        kind: 'whole',
        code: 'unavailable',
        retryAfterMilliseconds: readRetryAfter(answer.retryAfter, answer.now),
      }
    default:
      return undefined
  }
}

// In this order: an enumeration's sentence also says "is not valid".
const SENTENCES: readonly (readonly [RegExp, ParkedCode])[] = [
  [/property that is read-only/, 'attribute-read-only'],
  [/enumeration/, 'value-refused'],
  [/property is not valid for/, 'attribute-unknown'],
  [/value .*is not valid|field is not valid/i, 'value-refused'],
  [/Cannot update key/i, 'key-change-refused'],
  [/already exists|duplicate key/, 'duplicate-key'],
]

const byText = ({ body, status, isWrite }: FailedAnswer): Fault => {
  if (status < 400 || (status >= 500 && status !== 500)) return { kind: 'whole', code: 'unavailable' }
  if (/Unable to find document/.test(body)) return { kind: 'not-found' }
  if (/Unable to decrypt PKey|XTK-170036/.test(body)) return { kind: 'refused', code: 'key-malformed' }
  if (/rc=-2003/.test(body) || status === 404) return { kind: 'bad-url', isNamed: /rc=-2003/.test(body) }
  // A read carries no attribute: a sentence about one would be somebody else's.
  const known = isWrite ? SENTENCES.find(([sentence]) => sentence.test(body)) : undefined
  return known ? { kind: 'refused', code: known[1] } : { kind: 'unexplained' }
}

/** Retry-After in milliseconds from now: seconds or a date (RFC 9110 section 10.2.3). */
export const readRetryAfter = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
