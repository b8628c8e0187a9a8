// The organizational units of Campaign: people name them, its API wants their PKeys. campaign-standard.en
// retrieving-an-organizational-unit; "Retrieve all the Org Units" of the vendor's OpenAPI file.
import * as z from 'zod'
import type { Time } from '../../runtime/time.ts'
import { CampaignError } from './campaign-error.ts'
import type { ConfigurationWatches } from './configuration-fault.ts'
import { faultOfWhole } from './confirm-url.ts'
import { type Call, readBody, unreadable } from './exchange.ts'
import type { IsUnit } from './record.ts'
import type { HttpAnswer } from './transport.ts'

export type OrgUnits = {
  /**
   * The PKey of the one unit of this name, or else of this label. Throws CampaignError: refused where there is none or
   * are several, `units-unread` where nobody could look.
   */
  readonly resolve: (name: string, call: Call) => Promise<string>
  /** Reads the units ahead of whoever needs them. Throws as `resolve` does. */
  readonly begin: (call: Call) => Promise<void>
  readonly isUnit: IsUnit
  /** A PKey was refused: true where it may have been out of date, and the units are read again before the next one. */
  readonly doubt: () => boolean
}

export type OrgUnitsOptions = {
  /** Reads a URL of Campaign, given whole or from below the organization on. */
  readonly get: (href: string, call: Call) => Promise<HttpAnswer>
  readonly watch: Pick<ConfigurationWatches, 'units'>
  readonly time: Pick<Time, 'now'>
}

/** Neither a CRM's misspelt name nor an outage may become a flood of reads; what was read since then counts as fresh. */
const READ_EVERY_MILLISECONDS = 30 * 1000
const FIRST_PAGE = 'profileAndServicesExt/orgUnitBase?_forcePagination=true'

const text = z.string().default('')
const unitSchema = z.object({ PKey: z.string().min(1), name: text, label: text, title: text })
const pageSchema = z.object({
  content: z.array(unitSchema),
  next: z.object({ href: z.string() }).optional(),
})
type Unit = z.infer<typeof unitSchema>

export const createOrgUnits = ({ get, watch, time }: OrgUnitsOptions): OrgUnits => {
  let held: readonly Unit[] = []
  let isDoubted = true
  let last: { readonly at: number; readonly error?: CampaignError } | undefined
  let pending: Promise<void> | undefined

  const readPages = watch.units(async (call: Call): Promise<readonly Unit[]> => {
    const units: Unit[] = []
    const seen = new Set<string>()
    let href: string | undefined = FIRST_PAGE
    while (href !== undefined) {
      seen.add(href)
      const answer: HttpAnswer = await get(href, call).catch(asWhole)
      const page = readBody(answer, 'GET', pageSchema)
      // A list that is written to while it is read may show a unit on two pages.
      units.push(...page.content.filter(({ PKey }) => !units.some((unit) => unit.PKey === PKey)))
      href = page.next?.href
      if (href !== undefined && seen.has(href)) throw unreadable(answer, 'GET')
    }
    return units
  })

  const isRecent = (): boolean => last !== undefined && time.now() - last.at < READ_EVERY_MILLISECONDS

  const read = async (call: Call): Promise<void> => {
    const at = time.now()
    try {
      held = await readPages(call)
      isDoubted = false
      last = { at }
    } catch (error) {
      if (!(error instanceof CampaignError)) throw error
      // What was never sent says nothing about the next reading.
      if (error.fault.kind !== 'unsent' || error.fault.code !== 'deadline') last = { at, error }
      throw error
    }
  }

  /** What was read within the last thirty seconds, by whoever asked for it, or is read now. */
  const refresh = async (call: Call): Promise<void> => {
    if (!pending && isRecent()) {
      if (last?.error) throw last.error
      return
    }
    pending ??= read(call).finally(() => {
      pending = undefined
    })
    await pending
  }

  const only = (name: string): Unit | undefined => {
    const named = held.filter((unit) => unit.name === name)
    const [found, other] = named.length > 0 ? named : held.filter((unit) => unit.label === name)
    return other ? undefined : found
  }

  return {
    resolve: async (name, call) => {
      if (isDoubted || !only(name)) await refresh(call).catch(asUnread)
      const found = only(name)
      if (found) return found.PKey
      throw new CampaignError('no organizational unit, or several, of this name', {
        kind: 'refused',
        code: 'org-unit-unknown',
      })
    },
    begin: (call) => refresh(call).catch(asUnread),
    isUnit: (name, shown) => {
      const unit = only(name)
      if (!unit) return false
      // A PKey may be another in each answer; a title tells as much where no two units share it.
      const isOnly = held.filter(({ title }) => title === unit.title).length === 1
      return shown.PKey === unit.PKey || (unit.title !== '' && shown.title === unit.title && isOnly)
    },
    doubt: () => {
      const isFresh = isRecent() && !last?.error
      if (!isFresh) isDoubted = true
      return !isFresh
    },
  }
}

/** No sender's value is in these URLs. */
const asWhole = (error: unknown): never => {
  if (!(error instanceof CampaignError)) throw error
  throw new CampaignError(error.message, faultOfWhole(error.fault), error)
}

/** Only what needs a unit waits for the units. */
const asUnread = (error: unknown): never => {
  if (!(error instanceof CampaignError)) throw error
  const { fault } = error
  if (fault.kind !== 'whole' && fault.kind !== 'unsent') throw error
  throw new CampaignError(error.message, { ...fault, kind: 'units-unread' }, error)
}
