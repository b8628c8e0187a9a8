// One call to Campaign: let in by a token, counted, believed only when it can be read; whatever else becomes a CampaignError.
import type * as z from 'zod'
import type { Metrics } from '../../runtime/metrics.ts'
import type { Time } from '../../runtime/time.ts'
import type { Lease } from '../ledger/ledger.ts'
import { CampaignError, classify } from './campaign-error.ts'
import type { Access, Token } from './token.ts'
import { type HttpAnswer, type HttpRequest, NotAnswered, type SendLimits } from './transport.ts'

/** What one piece of work may use: nothing is sent after `deadline` (epoch ms), every engine call is counted. */
export type Call = {
  readonly deadline: number
  readonly count: () => void
  /** To be awaited under the leases, before anything else: who may end the invocation is worked alone. Throws HandedBack. */
  readonly turn?: (leases: readonly Lease[]) => Promise<void>
  /** The pseudonym of whom it is for. */
  readonly subject?: string
  /** It goes ahead of everything else that waits for its moment. */
  readonly isConsent?: boolean
  /** Whether the work it belongs to has cost a call already. */
  readonly hasBegun?: () => boolean
  /** It asks whether Campaign is back, while nobody else may call. */
  readonly isProbe?: boolean
}

export type ExchangeOptions = {
  readonly timeoutMilliseconds: number
  /** Throws NotAnswered, or, where nothing was sent, what is to be passed on as it is. */
  readonly send: (request: HttpRequest, limits: SendLimits, call: Call) => Promise<HttpAnswer>
  readonly token: Token
  readonly time: Time
  readonly metrics: Metrics
}

/** Sends what `toRequest` makes of the access and answers a success. Throws CampaignError or SecretError. */
export type Exchange = (
  toRequest: (access: Access) => Omit<HttpRequest, 'headers'>,
  call: Call,
) => Promise<HttpAnswer>

type Method = HttpRequest['method']

export const createExchange = ({
  timeoutMilliseconds,
  send,
  token,
  time,
  metrics,
}: ExchangeOptions): Exchange => {
  const toError = (answer: HttpAnswer, method: Method): CampaignError => {
    const retryAfter = answer.headers['retry-after']
    const fault = classify({
      method,
      status: answer.status,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      body: answer.body,
      sentAt: answer.sentAt,
      now: time.now(),
    })
    return new CampaignError(`Campaign answered ${answer.status} to ${method}`, fault)
  }

  return async (toRequest, call) => {
    const count = (): void => {
      call.count()
      metrics.add('EngineCalls', 1)
    }
    const limits: SendLimits = { timeoutMilliseconds, sendBefore: call.deadline }
    const attempt = async (access: Access): Promise<HttpAnswer> => {
      const request = toRequest(access)
      try {
        const answer = await send(
          { ...request, headers: headersOf(access, request.body !== undefined) },
          limits,
          call,
        )
        count()
        return answer
      } catch (error) {
        // What was put on the wire is paid for, answered or not.
        if (error instanceof NotAnswered && error.sentAt !== undefined) count()
        throw unanswered(error, request.method)
      }
    }
    const access = await token.read(limits)
    const first = await attempt(access)
    const answer = first.status === 401 ? await attempt(await token.renew(access, limits)) : first
    if (answer.status >= 200 && answer.status < 300) return answer
    throw toError(answer, toRequest(access).method)
  }
}

/** The body by its schema; a success nobody can read proves nothing. Throws CampaignError. */
export const readBody = <Body>(answer: HttpAnswer, method: Method, schema: z.ZodType<Body>): Body => {
  try {
    return schema.parse(JSON.parse(answer.body))
  } catch {
    throw unreadable(answer, method)
  }
}

export const unreadable = ({ sentAt }: HttpAnswer, method: Method): CampaignError =>
  new CampaignError(
    `the answer to ${method} cannot be read`,
    method === 'GET' ? { kind: 'whole', code: 'unavailable' } : { kind: 'lost', sentAt },
  )

const unanswered = (error: unknown, method: Method): unknown => {
  if (!(error instanceof NotAnswered)) return error
  if (error.sentAt !== undefined && method !== 'GET') {
    return new CampaignError(error.message, { kind: 'lost', sentAt: error.sentAt }, error)
  }
  const code = error.code === 'too-late' ? 'deadline' : 'unreachable'
  return new CampaignError(error.message, { kind: 'unsent', code }, error)
}

// The headers of the vendor's own samples (updating-profiles).
const headersOf = ({ accessToken, apiKey }: Access, hasBody: boolean): Record<string, string> => ({
  Authorization: `Bearer ${accessToken}`,
  'X-Api-Key': apiKey,
  'Cache-Control': 'no-cache',
  ...(hasBody && { 'Content-Type': 'application/json' }),
})
