// Adobe Campaign's profile API: find, read, patch. campaign-standard.en verbs, retrieving-profiles, updating-profiles.
import * as z from 'zod'
import type { Values } from '../change/change.ts'
import { CampaignError } from './campaign-error.ts'
import { type Call, createExchange, type ExchangeOptions, readBody, unreadable } from './campaign-exchange.ts'
import { type ProfileRecord, recordSchema, toWire } from './record.ts'
import type { Access } from './token.ts'

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
  const { url, isExtended, businessKey } = options
  const api = isExtended ? 'profileAndServicesExt' : 'profileAndServices'
  const base = ({ organization }: Access): string => `${url}/${encodeURIComponent(organization)}/campaign/`

  const exchange = createExchange(options)

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
        if (href !== undefined && seen.has(href)) throw unreadable(answer, 'GET')
      }
      return found
    },
    read: async (address, call) => {
      const answer = await exchange((access) => ({ method: 'GET', url: addressUrl(access, address) }), call)
      const record = readBody(answer, 'GET', singleSchema)
      // A segment that Campaign took for something else than the key must not lead to somebody else.
      if ('key' in address && businessKey !== undefined && record[businessKey] !== address.key) {
        throw new CampaignError('the record has another key', { kind: 'not-found' })
      }
      return record
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
