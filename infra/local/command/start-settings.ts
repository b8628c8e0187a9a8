// What `npm start` takes from the user's environment: two ports, and how the functions behave. Where they find things is
// the local stack's own to say, so an address, a secret's name or AWS_… of the user's shell never gets in.
import { type Environment, StartError } from '../../../functions/runtime/config.ts'
import { ControlRefusal } from '../campaign/control-refusal.ts'
import { type Settings as CampaignSettings, readDialect } from '../campaign/settings.ts'
import { readPort } from './ports.ts'
import { Refusal } from './refusal.ts'

const BEHAVIOUR = [
  'VERIFY',
  'LANDING_SECONDS',
  'REQUEST_TIMEOUT_SECONDS',
  'CALLS_PER_SECOND',
  'BUSINESS_KEY',
  'UNMATCHED',
  'WAIT_HOURS',
  'DELETES',
  'MODE',
] as const

export type StartSettings = {
  readonly port: number
  readonly campaignPort: number
  readonly dialect: CampaignSettings['dialect']
  readonly environment: Environment
}

/** Throws a Refusal where a setting is not what it may be. */
export const readStartSettings = (given: Environment): StartSettings => {
  const port = readPort(given, 'PORT')
  const campaignPort = readPort(given, 'CAMPAIGN_PORT')
  if (port !== 0 && port === campaignPort)
    throw new Refusal(`PORT and CAMPAIGN_PORT are both ${port}: set them to two different ports`)
  const dialect = dialectOf(given['CAMPAIGN_DIALECT'] || 'standard')
  const environment = Object.fromEntries(
    // A variable that is set but empty counts as not set, here as on AWS.
    BEHAVIOUR.flatMap((name) => (given[name] ? [[name, given[name]]] : [])),
  )
  return { port, campaignPort, dialect, environment }
}

/** What went wrong at start as a Refusal where the person can mend it, else as it came. */
export const explainStart = (error: unknown, { port, campaignPort }: StartSettings): unknown => {
  // The functions name every setting at fault themselves.
  if (error instanceof StartError) return new Refusal(error.message)
  if (!(error instanceof Error && 'code' in error && 'port' in error)) return error
  const name = error.port === campaignPort ? 'CAMPAIGN_PORT' : error.port === port ? 'PORT' : undefined
  if (name === undefined) return error
  if (error.code === 'EADDRINUSE')
    return new Refusal(`port ${error.port} is in use: stop what listens there or set ${name} to another port`)
  if (error.code === 'EACCES')
    return new Refusal(`port ${error.port} may not be used: set ${name} to one above 1023`)
  return error
}

const dialectOf = (given: string): CampaignSettings['dialect'] => {
  try {
    return readDialect(given)
  } catch (error) {
    throw error instanceof ControlRefusal ? new Refusal(error.message) : error
  }
}
