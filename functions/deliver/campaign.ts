// Adobe Campaign's profile API: find, read, patch. campaign-standard.en verbs, retrieving-profiles, updating-profiles.
import * as z from 'zod'
import type { Values } from '../change/change.ts'
import type { Time } from '../runtime/time.ts'
import { CampaignError, classify } from './campaign-error.ts'
import { type ProfileRecord, recordSchema, toWire } from './record.ts'
import type { Access, Token } from './token.ts'
import { type HttpAnswer, type HttpRequest, NotAnswered, type Send, type SendLimits } from './transport.ts'

/** What one piece of work may use: nothing is sent after `deadline` (epoch ms), every engine call is counted. */
export type Call = { readonly deadline: number; readonly count: () => void }

/** A record's place in the collection: its PKey, or its business key where the profile was extended with one. */
export type Address = { readonly PKey: string } | { readonly key: string }

export type Written = { readonly PKey?: string | undefined; readonly href?: string | undefined }

/** Every function throws CampaignError. */
export type Campaign = {
  /** Records whose email equals the given one, case aside, over all pages; stops at two. */
  readonly findByEmail: (email: string, call: Call) => Promise<readonly ProfileRecord[]>
  readonly read: (address: Address, call: Call) => Promise<ProfileRecord>
  /** Merges the values into the record and answers what Campaign says it wrote. Safe to repeat. */
  readonly patch: (address: Address, values: Values, call: Call) => Promise<Written>
}

export type CampaignOptions = {
  readonly url: string
  /** `profileAndServicesExt` shows and takes an instance's own attributes, `profileAndServices` only stock ones. */
  readonly isExtended: boolean
  readonly timeoutMilliseconds: number
  readonly send: Send
  readonly token: Token
  readonly time: Time
}

const pageSchema = z.object({
  content: z.array(z.unknown()),
  next: z.object({ href: z.string() }).optional(),
})
const writtenSchema = z.object({ PKey: z.string().optional(), href: z.string().optional() })
// updating-profiles prints a single record inside `content`, verbs prints it bare; both are read.
const singleSchema = z.union([
  z.object({ content: z.tuple([recordSchema]) }).transform(({ content: [one] }) => one),
  recordSchema,
])

export const createCampaign = (options: CampaignOptions): Campaign => {
  const { url, isExtended, timeoutMilliseconds, send, token, time } = options
  const api = isExtended ? 'profileAndServicesExt' : 'profileAndServices'
  const base = ({ organization }: Access): string => `${url}/${encodeURIComponent(organization)}/campaign/`

  const exchange = async (
    toRequest: (access: Access) => Omit<HttpRequest, 'headers'>,
    call: Call,
  ): Promise<HttpAnswer> => {
    const limits: SendLimits = { timeoutMilliseconds, sendBefore: call.deadline }
    const attempt = (access: Access): Promise<HttpAnswer> => {
      const request = toRequest(access)
      call.count()
      return send({ ...request, headers: headersOf(access, request) }, limits).catch(
        (error: unknown): never => {
          throw unanswered(error, request.method)
        },
      )
    }
    const access = await token.read(limits)
    const answer = await attempt(access)
    const final = answer.status === 401 ? await attempt(await token.renew(access, limits)) : answer
    if (final.status >= 200 && final.status < 300) return final
    const { method, url: address } = toRequest(access)
    throw failed(final, method, !/\/profile\/?$/.test(address.pathname) || address.search !== '')
  }

  const failed = (
    answer: HttpAnswer,
    method: HttpRequest['method'],
    carriesValue: boolean,
  ): CampaignError => {
    const retryAfter = answer.headers['retry-after']
    const fault = classify({
      isWrite: method !== 'GET',
      carriesValue,
      status: answer.status,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      body: answer.body,
      sentAt: answer.sentAt,
      now: time.now(),
    })
    return new CampaignError(`Campaign answered ${answer.status} to ${method}`, fault)
  }

  const addressUrl = (access: Access, address: Address): URL =>
    new URL(`${api}/profile/${segment(address)}`, base(access))

  return {
    findByEmail: async (email, call) => {
      const found: ProfileRecord[] = []
      const seen = new Set<string>()
      let href: string | undefined =
        `${api}/profile/byEmail?email=${encodeURIComponent(email)}&_forcePagination=true`
      while (href !== undefined && found.length < 2) {
        const page: string = href
        seen.add(page)
        const answer = await exchange(
          (access) => ({ method: 'GET', url: resolveHome(page, base(access)) }),
          call,
        )
        const parsed = readBody(answer, 'GET', pageSchema)
        for (const item of parsed.content) {
          const record = recordSchema.safeParse(item).data
          if (record && isSameEmail(record['email'], email)) found.push(record)
        }
        href = parsed.next?.href
        if (href !== undefined && seen.has(href)) throw unreadable('GET', answer.sentAt)
      }
      return found
    },
    read: async (address, call) => {
      const answer = await exchange((access) => ({ method: 'GET', url: addressUrl(access, address) }), call)
      return readBody(answer, 'GET', singleSchema)
    },
    patch: async (address, values, call) => {
      const body = JSON.stringify(toWire(values))
      const answer = await exchange(
        (access) => ({ method: 'PATCH', url: addressUrl(access, address), body }),
        call,
      )
      return answer.status === 204 ? {} : readBody(answer, 'PATCH', writtenSchema)
    },
  }
}

// The headers of the vendor's own samples (updating-profiles).
const headersOf = (
  { accessToken, apiKey }: Access,
  { body }: { readonly body?: string },
): Record<string, string> => ({
  Authorization: `Bearer ${accessToken}`,
  'X-Api-Key': apiKey,
  'Cache-Control': 'no-cache',
  ...(body !== undefined && { 'Content-Type': 'application/json' }),
})

/** The vendor prints PKeys with their @ bare; everything else a sender may put in a key is escaped. */
const segment = (address: Address): string =>
  'PKey' in address ? encodeURIComponent(address.PKey).replace(/^%40/, '@') : encodeURIComponent(address.key)

/** An href of Campaign, relative or with doubled slashes as they occur, but never away from the configured origin. */
const resolveHome = (href: string, base: string): URL => {
  const url = URL.canParse(href, base) ? new URL(href, base) : undefined
  if (url?.origin === new URL(base).origin) return url
  throw new CampaignError('Campaign gave an href of another origin', { kind: 'whole', code: 'href-refused' })
}

const isSameEmail = (held: unknown, email: string): boolean =>
  typeof held === 'string' && held.toLowerCase() === email.toLowerCase()

const readBody = <Body>(answer: HttpAnswer, method: HttpRequest['method'], schema: z.ZodType<Body>): Body => {
  try {
    return schema.parse(JSON.parse(answer.body))
  } catch {
    throw unreadable(method, answer.sentAt)
  }
}

/** A success nobody can read proves nothing: a write counts as lost. */
const unreadable = (method: HttpRequest['method'], sentAt: number): CampaignError =>
  new CampaignError(
    `the answer to ${method} cannot be read`,
    method === 'GET' ? { kind: 'whole', code: 'unavailable' } : { kind: 'lost', sentAt },
  )

const unanswered = (error: unknown, method: HttpRequest['method']): unknown => {
  if (!(error instanceof NotAnswered)) return error
  if (error.sentAt !== undefined && method !== 'GET') {
    return new CampaignError(error.message, { kind: 'lost', sentAt: error.sentAt }, error)
  }
  const code = error.code === 'too-late' ? 'deadline' : 'unreachable'
  return new CampaignError(error.message, { kind: 'unsent', code }, error)
}
