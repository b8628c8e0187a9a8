// What can be wrong around the functions, each switched on and off while they run.
import { LedgerError } from '../../functions/deliver/ledger/ledger.ts'
import type { Campaign } from '../../infra/local/campaign/campaign.ts'
import { PSEUDONYM_KEY, type Simulation } from '../support/simulation.ts'
import { emailOf, keyOf, PEOPLE, type Source, UNKNOWN_ATTRIBUTE } from './edits.ts'

export type World = {
  readonly credentials: { organization: string; clientId: string; clientSecret: string }
  /** As they lie in Secrets Manager. */
  readonly secrets: Record<string, string>
  /** What the sources sign with. */
  readonly senderSecrets: Record<Source, string>
  readonly seenTokens: Set<string>
  readonly onAws: (service: 'ledger' | 'queue') => void
  isSecretsManagerAway: boolean
  isLedgerThrottled: boolean
  isQueueThrottled: boolean
  /** How far the clock of HubSpot is ahead. */
  aheadMilliseconds: number
}

export type Act = (world: World, simulation: Simulation) => void

export type Fault = {
  readonly name: string
  /** From when to when it lasts, in seconds; it begins anew every five seconds meanwhile. */
  readonly spans: readonly (readonly [number, number])[]
  readonly begin: Act
  readonly end: Act
  readonly prepare?: (world: World, simulation: Simulation) => Promise<void>
  /** Why columns are not kept, where they are not. */
  readonly notes?: Readonly<Partial<Record<Column, string>>>
}

export const COLUMNS = [
  'nothing lost',
  'no lasting regress',
  'consent kept',
  'budget kept',
  'parked only what is refused by name',
] as const
export type Column = (typeof COLUMNS)[number]

export const sourcesSecret = ({ direct, hubspot }: Record<Source, string>): string =>
  JSON.stringify({ direct: [direct], hubspot: [hubspot] })

/** Of ten calls to a throttled service seven are refused. */
const REFUSED_SHARE = 0.7

export const createWorld = (random: () => number): World => {
  const credentials = {
    organization: 'organization-canary',
    clientId: 'client-id-canary',
    clientSecret: 'client-secret-canary',
  }
  const senderSecrets = {
    direct: `whsec_${Buffer.from('canary of the direct source').toString('base64')}`,
    hubspot: 'hubspot-secret-canary',
  }
  const world: World = {
    credentials,
    senderSecrets,
    secrets: {
      campaign: JSON.stringify(credentials),
      sources: sourcesSecret(senderSecrets),
      pseudonym: PSEUDONYM_KEY,
    },
    seenTokens: new Set(),
    onAws: (service) => {
      const isThrottled = service === 'ledger' ? world.isLedgerThrottled : world.isQueueThrottled
      if (!isThrottled || random() >= REFUSED_SHARE) return
      const error = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' })
      throw service === 'ledger' ? new LedgerError(error) : error
    },
    isSecretsManagerAway: false,
    isLedgerThrottled: false,
    isQueueThrottled: false,
    aheadMilliseconds: 0,
  }
  return world
}

/** Everybody, as Campaign knows them before. */
export const plant = (campaign: Campaign): void => {
  campaign.settings({ customFields: { [UNKNOWN_ATTRIBUTE]: null } })
  campaign.addProfiles(
    PEOPLE.map((person) => ({ cusCrmId: keyOf(person), email: emailOf(person), phone: 'canary before' })),
  )
  // Whom an email does not tell apart.
  campaign.addProfiles([1, 2].map((age) => ({ email: 'canary-twice@example.com', fax: `canary ${age}` })))
}
