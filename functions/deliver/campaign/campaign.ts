// Adobe Campaign's profile API: find, read, patch. campaign-standard.en verbs, retrieving-profiles, updating-profiles.
import * as z from 'zod'
import { canonicalValue, type Values } from '../../change/change.ts'
import type { Log } from '../../runtime/log.ts'
import { CampaignError } from './campaign-error.ts'
import { createConfigurationWatches } from './configuration-fault.ts'
import { confirmUrl } from './confirm-url.ts'
import { type Call, createExchange, type ExchangeOptions, readBody, unreadable } from './exchange.ts'
import { type ProfileRecord, recordSchema, toWire } from './record.ts'
import type { Access } from './token.ts'
import type { HttpAnswer } from './transport.ts'

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

export type CampaignOptions = ExchangeOptions & {
  readonly url: string
  /** `profileAndServicesExt` shows and takes an instance's own attributes, `profileAndServices` only stock ones. */
  readonly isExtended: boolean
  readonly businessKey: string | undefined
  readonly log: Log
}

const pageSchema = z.object({
  content: z.array(recordSchema),
  next: z.object({ href: z.string() }).optional(),
})
const writtenSchema = z.object({ PKey: z.string().optional(), href: z.string().optional() })
// updating-profiles prints a single record inside `content`, verbs prints it bare; both are read.
const singleSchema = z.union([
  z.object({ content: z.tuple([recordSchema]) }).transform(({ content: [one] }) => one),
  recordSchema,
])

export const createCampaign = (options: CampaignOptions): Campaign => {
  const { url, isExtended, businessKey } = options
  const api = isExtended ? 'profileAndServicesExt' : 'profileAndServices'
  const base = ({ organization }: Access): string => `${url}/${encodeURIComponent(organization)}/campaign/`

  const watch = createConfigurationWatches(options.log)
  const exchange = watch.access(createExchange(options))

  const addressUrl = (access: Access, address: Address): URL =>
    new URL(`${api}/profile/${segment(address)}`, base(access))

  const get = (href: string, call: Call) =>
    exchange((access) => ({ method: 'GET', url: resolveHome(href, base(access)) }), call)
  const emailFilter = (email: string) =>
    `${api}/profile/byEmail?email=${encodeURIComponent(email)}&_forcePagination=true`
  /** For a URL that carries a record's key: the collection itself. */
  const confirmed = watch.records((work: () => Promise<HttpAnswer>, call: Call) =>
    confirmUrl(work, () => get(`${api}/profile?_lineCount=1`, call)),
  )

  const firstPage = watch.filter((email: string, call: Call) =>
    confirmUrl(
      () => get(emailFilter(email), call),
      () => get(emailFilter(NOBODY), call),
    ),
  )
  const laterPage = watch.pages((href: string, call: Call) =>
    get(href, call).catch((error: unknown) => {
      if (!(error instanceof CampaignError)) throw error
      if (error.fault.kind === 'whole' || error.fault.kind === 'unsent') throw error
      // It is Campaign's own href: no sender's value is at fault.
      throw new CampaignError(error.message, { kind: 'whole', code: 'unavailable' }, error)
    }),
  )

  /** The first page by the filter's own URL, of which only the sender's value can be at fault; then Campaign's hrefs. */
  const pagesOf = async (email: string, call: Call): Promise<readonly ProfileRecord[]> => {
    const found: ProfileRecord[] = []
    const seen = new Set<string>()
    let href: string | undefined = emailFilter(email)
    while (href !== undefined && found.length < 2) {
      seen.add(href)
      const answer: HttpAnswer = await (seen.size === 1 ? firstPage(email, call) : laterPage(href, call))
      const page = readBody(answer, 'GET', pageSchema)
      for (const record of page.content) {
        // A list that is written to while it is read may show a record on two pages.
        const isNew = !found.some(({ PKey }) => PKey === record.PKey)
        if (isNew && isSameEmail(record['email'], email)) found.push(record)
      }
      href = page.next?.href
      if (href !== undefined && seen.has(href)) throw unreadable(answer, 'GET')
    }
    return found
  }

  return {
    findByEmail: pagesOf,
    read: async (address, call) => {
      const send = () => exchange((access) => ({ method: 'GET', url: addressUrl(access, address) }), call)
      const record = readBody(await confirmed(send, call), 'GET', singleSchema)
      // A segment that Campaign took for something else than the key must not lead to somebody else.
      if ('key' in address && businessKey !== undefined && record[businessKey] !== address.key) {
        throw new CampaignError('the record has another key', { kind: 'not-found' })
      }
      return record
    },
    patch: async (address, values, call) => {
      const body = JSON.stringify(toWire(values))
      const send = () =>
        exchange((access) => ({ method: 'PATCH', url: addressUrl(access, address), body }), call)
      const answer = await confirmed(send, call)
      return answer.status === 204 ? {} : readBody(answer, 'PATCH', writtenSchema)
    },
  }
}

/** An address nobody can have (RFC 2606), to ask whether a filter is there at all. */
const NOBODY = 'nobody@example.invalid'

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
  typeof held === 'string' &&
  canonicalValue({ attribute: 'email', value: held }) === canonicalValue({ attribute: 'email', value: email })
