// Adobe Campaign's profile API: find, read, patch, create, delete. campaign-standard.en verbs, retrieving-profiles,
// updating-profiles, creating-profiles-api.
import * as z from 'zod'
import type { Values } from '../../change/change.ts'
import type { Filters } from '../../change/mapping.ts'
import type { Log } from '../../runtime/log.ts'
import { CampaignError } from './campaign-error.ts'
import { createConfigurationWatches } from './configuration-fault.ts'
import { confirmUrl } from './confirm-url.ts'
import { type Call, createExchange, type ExchangeOptions, readBody } from './exchange.ts'
import { createFind, type Find } from './find.ts'
import { createLinks } from './links.ts'
import { createOrgUnits } from './org-units.ts'
import type { ProfileModel } from './profile-model.ts'
import { type IsUnit, type ProfileRecord, recordSchema } from './record.ts'
import type { Access } from './token.ts'
import type { HttpAnswer } from './transport.ts'

/** A record's place in the collection: its PKey, or its business key where the profile was extended with one. */
export type Address = { readonly PKey: string } | { readonly key: string }

export type Written = { readonly PKey?: string | undefined; readonly href?: string | undefined }

/** Every function throws CampaignError; SecretError or LedgerError where it could not even be asked. */
export type Campaign = {
  /** Records that hold the entry's email (case aside) or the value of a custom filter's attribute; stops at two. */
  readonly find: Find
  readonly read: (address: Address, call: Call) => Promise<ProfileRecord>
  /** Merges the values into the record and answers what Campaign says it wrote. Safe to repeat. */
  readonly patch: (address: Address, values: Values, call: Call) => Promise<Written>
  /** Creates a profile and answers all of it. Sent twice it may make two. */
  readonly create: (values: Values, call: Call) => Promise<ProfileRecord>
  /** Deletes the record. */
  readonly remove: (PKey: string, call: Call) => Promise<void>
  /** The body of a PATCH, and of a POST, of these values. Throws CampaignError: organizational units may have to be read. */
  readonly prepare: (values: Values, call: Call) => Promise<string>
  readonly prepareNew: (values: Values, call: Call) => Promise<string>
  /** Reads ahead, once in the worker's life, what most changes will need. Never throws; `deadline` is epoch ms. */
  readonly begin: (deadline: number) => Promise<void>
  readonly isUnit: IsUnit
  /** Reads what carries nobody's value, to see whether Campaign is there. */
  readonly probe: (call: Call) => Promise<void>
}

export type CampaignOptions = ExchangeOptions &
  ProfileModel & {
    readonly url: string
    readonly businessKey: string | undefined
    readonly filters: Filters
    readonly log: Log
  }

const writtenSchema = z.object({ PKey: z.string().optional(), href: z.string().optional() })
// updating-profiles prints a single record inside `content`, verbs prints it bare; both are read.
const singleSchema = z.union([
  z.object({ content: z.tuple([recordSchema]) }).transform(({ content: [one] }) => one),
  recordSchema,
])

export const createCampaign = (options: CampaignOptions): Campaign => {
  const { url, isExtended, businessKey, filters } = options
  const api = isExtended ? 'profileAndServicesExt' : 'profileAndServices'
  const base = ({ organization }: Access): string => `${url}/${encodeURIComponent(organization)}/campaign/`

  const watch = createConfigurationWatches(options.log, options.metrics)
  const exchange = watch.access(createExchange(options))

  const get = (href: string, call: Call) =>
    exchange((access) => ({ method: 'GET', url: resolveHome(href, base(access)) }), call)
  const units = createOrgUnits({ ...options, get, watch })
  const links = createLinks({ ...options, units, watch })

  const addressUrl = (access: Access, address: Address): URL =>
    new URL(`${api}/profile/${segment(address)}`, base(access))

  const getCollection = (call: Call) => get(`${api}/profile?_lineCount=1`, call)
  /** For a URL that carries a record's key: the collection itself. */
  const confirmed = watch.records((work: () => Promise<HttpAnswer>, call: Call) =>
    confirmUrl(work, () => getCollection(call)),
  )

  const read: Campaign['read'] = async (address, call) => {
    const send = () => exchange((access) => ({ method: 'GET', url: addressUrl(access, address) }), call)
    const record = readBody(await confirmed(send, call), 'GET', singleSchema)
    // A segment that Campaign took for something else than the key must not lead to somebody else.
    if ('key' in address && businessKey !== undefined && record[businessKey] !== address.key) {
      throw new CampaignError('the record has another key', { kind: 'not-found' })
    }
    return record
  }
  let begun: Promise<void> | undefined

  return {
    find: createFind({ api, filters, get, watch }),
    read,
    prepare: links.toBody,
    prepareNew: links.toNewBody,
    patch: async (address, values, call) => {
      const body = await links.toBody(values, call)
      const send = () =>
        exchange((access) => ({ method: 'PATCH', url: addressUrl(access, address), body }), call)
      const patch = () => confirmed(send, call)
      const answer = await links.write(values, patch, () => read(address, call))
      return answer.status === 204 ? {} : readBody(answer, 'PATCH', writtenSchema)
    },
    create: async (values, call) => {
      const body = await links.toNewBody(values, call)
      const url = (access: Access) => new URL(`${api}/profile`, base(access))
      const send = () => exchange((access) => ({ method: 'POST', url: url(access), body }), call)
      const post = () => confirmed(send, call)
      // Its URL names no profile: what is not found, or no key, can only be in the body.
      const answer = await links.write(values, post, async () => {})
      return readBody(answer, 'POST', recordSchema)
    },
    remove: async (PKey, call) => {
      const send = () => exchange((access) => ({ method: 'DELETE', url: addressUrl(access, { PKey }) }), call)
      const answer = await confirmed(send, call)
      // What the answer holds is documented nowhere: nothing, or something whole. Half of something proves nothing.
      if (answer.body.trim() !== '') readBody(answer, 'DELETE', z.unknown())
    },
    begin: (deadline) => {
      begun ??= links.begin(deadline)
      return begun
    },
    isUnit: units.isUnit,
    probe: async (call) => {
      await getCollection(call)
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
