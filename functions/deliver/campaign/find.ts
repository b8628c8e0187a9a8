// Finds profiles by a filter of Campaign: its answer counts only on equality of the attribute, over all its pages.
// campaign-standard.en filtering, pagination; stock filters: datamodel-profile.
import * as z from 'zod'
import { canonicalValue, type MatchEntry } from '../../change/change.ts'
import type { CustomFilter, Filters } from '../../change/mapping.ts'
import { CampaignError, type Fault } from './campaign-error.ts'
import type { ConfigurationWatches } from './configuration-fault.ts'
import { confirmUrl } from './confirm-url.ts'
import { type Call, readBody, unreadable } from './exchange.ts'
import { type ProfileRecord, recordSchema, valueIn } from './record.ts'
import type { HttpAnswer } from './transport.ts'

export type Find = (entry: MatchEntry, call: Call) => Promise<readonly ProfileRecord[]>

/** `get` reads a URL of Campaign, given whole or from below the organization on. */
export type FindOptions = {
  readonly api: string
  readonly filters: Filters
  readonly get: (href: string, call: Call) => Promise<HttpAnswer>
  readonly watch: Pick<ConfigurationWatches, 'filter' | 'pages'>
}

const pageSchema = z.object({
  content: z.array(recordSchema),
  next: z.object({ href: z.string() }).optional(),
})

const EMAIL: CustomFilter = { name: 'byEmail', parameter: 'email' }
/** A value nobody can have (an address of RFC 2606), to ask whether a filter is there at all. */
const NOBODY = 'nobody@example.invalid'

export const createFind = ({ api, filters, get, watch }: FindOptions): Find => {
  const urlOf = ({ name, parameter }: CustomFilter, value: string): string =>
    `${api}/profile/${name}?${parameter}=${encodeURIComponent(value)}&_forcePagination=true`

  const firstPage = watch.filter((filter: CustomFilter, value: string, call: Call) =>
    confirmUrl(
      () => get(urlOf(filter, value), call).catch(asUnconfirmed),
      () => get(urlOf(filter, NOBODY), call),
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
  return async (entry, call) => {
    const filter = entry.attribute === 'email' ? EMAIL : filters.get(entry.attribute)
    // Queued while mappings.ts had one: it waits until there is one again.
    if (!filter) throw new CampaignError('no filter for the attribute', FILTER_UNKNOWN)
    const found: ProfileRecord[] = []
    const seen = new Set<string>()
    let href: string | undefined = urlOf(filter, entry.value)
    while (href !== undefined && found.length < 2) {
      seen.add(href)
      const answer: HttpAnswer = await (seen.size === 1
        ? firstPage(filter, entry.value, call)
        : laterPage(href, call))
      const page = readBody(answer, 'GET', pageSchema)
      for (const record of page.content) {
        // A list that is written to while it is read may show a record on two pages.
        const isNew = !found.some(({ PKey }) => PKey === record.PKey)
        if (isNew && isSame(record, entry)) found.push(record)
      }
      href = page.next?.href
      if (href !== undefined && seen.has(href)) throw unreadable(answer, 'GET')
    }
    return found
  }
}

const FILTER_UNKNOWN: Fault = { kind: 'whole', code: 'endpoint-unknown' }

/**
 * What Campaign says of a filter's URL may be about the value or about the filter: one that it does not know it takes for
 * a key, and a parameter that it misses it may refuse in any words. Only the same filter with another value can tell.
 */
const asUnconfirmed = (error: unknown): never => {
  if (!(error instanceof CampaignError)) throw error
  const { fault } = error
  if (fault.kind === 'whole' || fault.kind === 'unsent') throw error
  const isNamed = fault.kind === 'bad-url' ? fault.isNamed : fault.kind === 'refused'
  throw new CampaignError(error.message, { kind: 'bad-url', isNamed }, error)
}

/** An email is the same in any case; the values of other attributes are taken to the letter. */
const isSame = (record: ProfileRecord, { attribute, value }: MatchEntry): boolean => {
  const held = valueIn(record, attribute)
  return (
    typeof held === 'string' &&
    canonicalValue({ attribute, value: held }) === canonicalValue({ attribute, value })
  )
}
