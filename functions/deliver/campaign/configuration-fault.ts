// What only an operator can mend, told once: not by every change that waits for it.
// Counted is every call that meets it: an alarm has to know how long it lasts.
import type { DeferredCode } from '../../change/outcome.ts'
import type { Log } from '../../runtime/log.ts'
import type { Metrics } from '../../runtime/metrics.ts'
import { type SecretCode, SecretError } from '../../runtime/secrets.ts'
import { CampaignError } from './campaign-error.ts'

/** Where to look, by code. Names of settings only: a log is no place for what they are set to. */
const LOOK_AT = {
  'credentials-refused':
    'look at clientId, clientSecret and scopes (or apiKey and accessToken) in the secret that CAMPAIGN_SECRET_ID names, at IMS_URL, and at the credential in the Adobe Developer Console',
  'organization-refused':
    'look at organization in the secret that CAMPAIGN_SECRET_ID names (a stage instance has a name of its own), and at the product profiles of the credential in the Adobe Developer Console',
  'endpoint-unknown':
    'look at CAMPAIGN_URL and CAMPAIGN_DIALECT, and whether the extended profile is published that BUSINESS_KEY and custom attributes need',
  'default-org-unit-unknown':
    'look at orgUnit in mappings.ts: Campaign has no organizational unit of that name or label, or several',
  'href-refused': 'look at CAMPAIGN_URL: it must have the origin of the addresses that Campaign itself gives',
  'secret-malformed':
    'the secret that CAMPAIGN_SECRET_ID names is not what it should be: look whether it is JSON with organization, clientId and clientSecret, or with organization, apiKey and accessToken',
  'secret-unreachable':
    'the secret that CAMPAIGN_SECRET_ID names cannot be read: look whether it exists, and whether this function may read it',
} as const satisfies Partial<Record<DeferredCode | SecretCode, string>>

type ConfigurationCode = keyof typeof LOOK_AT

/** The same function, watched: its results and its errors are passed on as they are. */
type Watch = <Given extends readonly unknown[], Result>(
  work: (...given: Given) => Promise<Result>,
) => (...given: Given) => Promise<Result>

/**
 * Watches for the functions that talk to Campaign, by what a success of theirs disproves. A code is told once, whichever
 * watch meets it, and again only after the watch that told it has seen a success: others may succeed all the while.
 */
export const createConfigurationWatches = (log: Log, metrics: Pick<Metrics, 'add'>) => {
  const told = new Map<ConfigurationCode, { readonly by: object; readonly at: number }>()
  let begun = 0

  const tell = (code: ConfigurationCode, error: unknown) => {
    const who = error instanceof CampaignError ? `${error.message}: ` : ''
    log.error('campaign.configuration', { code, detail: who + LOOK_AT[code] })
  }

  const watchFor = (...codes: readonly ConfigurationCode[]): Watch => {
    const by = {}
    const disprove = (own: number) => {
      for (const code of codes) {
        const line = told.get(code)
        // What was under way when the fault was met proves nothing about the time after it.
        if (line?.by === by && line.at < own) told.delete(code)
      }
    }
    return (work) =>
      async (...given) => {
        begun += 1
        const own = begun
        try {
          const result = await work(...given)
          disprove(own)
          metrics.add('ConfigurationFault', 0)
          return result
        } catch (error) {
          const met = codeOf(error)
          const code = codes.find((one) => one === met)
          if (code) metrics.add('ConfigurationFault', 1)
          if (code && !told.has(code)) {
            told.set(code, { by, at: begun })
            tell(code, error)
          }
          throw error
        }
      }
  }

  return {
    /** Any call at all. An endpoint is unknown here only to a POST: what is in other URLs has to be confirmed first. */
    access: watchFor(
      'credentials-refused',
      'organization-refused',
      'secret-malformed',
      'secret-unreachable',
      'endpoint-unknown',
    ),
    /** URLs of single records. */
    records: watchFor('endpoint-unknown'),
    /** The first page of a filter. */
    filter: watchFor('endpoint-unknown'),
    /** All pages of the organizational units. */
    units: watchFor('endpoint-unknown', 'href-refused'),
    /** The unit of created profiles. */
    defaultUnit: watchFor('default-org-unit-unknown'),
    /** Pages that Campaign's own hrefs lead to. */
    pages: watchFor('href-refused'),
  }
}

export type ConfigurationWatches = ReturnType<typeof createConfigurationWatches>

const codeOf = (error: unknown): DeferredCode | SecretCode | undefined => {
  if (error instanceof SecretError) return error.code
  return error instanceof CampaignError && error.fault.kind === 'whole' ? error.fault.code : undefined
}
