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
  readonly onAwsAnswer: (service: 'ledger' | 'queue') => void
  /** Of what happens now and then while its fault lasts: whether it does. */
  readonly happens: (fault: 'areWorkersKilled' | 'areDeletionsLost') => boolean
  /** How often a call failed, its answer was lost, or what happens now and then did. */
  happened: number
  isSecretsManagerAway: boolean
  isLedgerThrottled: boolean
  isQueueThrottled: boolean
  areLedgerAnswersLost: boolean
  areQueueAnswersLost: boolean
  areDeletionsLost: boolean
  areWorkersKilled: boolean
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

/** Of ten calls to a service at fault seven are refused, or their answers lost. */
const FAILED_SHARE = 0.7
/** Of messages that have ended, and of moments at which a worker calls out or hears an answer. */
const SHARES = { areDeletionsLost: 0.5, areWorkersKilled: 0.05 }

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
  const fail = (service: 'ledger' | 'queue', name: string): void => {
    if (random() >= FAILED_SHARE) return
    world.happened += 1
    const error = Object.assign(new Error('of AWS'), { name })
    throw service === 'ledger' ? new LedgerError(error) : error
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
      if (isThrottled) fail(service, 'ThrottlingException')
    },
    onAwsAnswer: (service) => {
      const isLost = service === 'ledger' ? world.areLedgerAnswersLost : world.areQueueAnswersLost
      if (isLost) fail(service, 'TimeoutError')
    },
    happens: (fault) => {
      const does = world[fault] && random() < SHARES[fault]
      if (does) world.happened += 1
      return does
    },
    happened: 0,
    isSecretsManagerAway: false,
    isLedgerThrottled: false,
    isQueueThrottled: false,
    areLedgerAnswersLost: false,
    areQueueAnswersLost: false,
    areDeletionsLost: false,
    areWorkersKilled: false,
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
