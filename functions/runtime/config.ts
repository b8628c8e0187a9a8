// What a function reads from its environment: once, whole, and every fault is named at once.
import * as z from 'zod'
import { type Mappings, needsOrgUnits } from '../change/mapping.ts'
import { LONGEST_AGE_MILLISECONDS } from '../change/message.ts'
import { DIALECTS } from '../change/profile.ts'
import { DELETES } from '../change/source.ts'

const address = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
  .refine((text) => !text.endsWith('/'), 'must not end in a slash')
const name = z.string().min(1, 'must be set')
const seconds = (standard: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,4}$/, 'must be whole seconds, at least one')
    .transform(Number)
    .default(standard)

/** Below one in ten seconds an invocation could end before its first call. */
const callsPerSecond = z
  .string()
  .regex(
    /^([1-9]\d{0,3}|0\.[1-9]\d?)$/,
    'must be whole calls per second such as 20, or a part of one such as 0.5, at least 0.1',
  )
  .transform(Number)
  .default(10)

const shared = {
  PSEUDONYM_SECRET_ID: name,
  CHANGES_QUEUE_URL: name,
  CONSENT_QUEUE_URL: name,
  PARKED_QUEUE_URL: name,
  CAMPAIGN_DIALECT: z.enum(DIALECTS, `must be ${DIALECTS.join(' or ')}`).default('standard'),
  BUSINESS_KEY: z
    .string()
    .regex(/^cus\w{1,27}$/, 'must be a custom attribute such as cusCrmId')
    .optional(),
  MODE: z.enum(['apply', 'observe'], 'must be apply or observe').default('apply'),
}

/** After twelve days a change is put aside as expired in any case. */
const LONGEST_WAIT_HOURS = LONGEST_AGE_MILLISECONDS / (60 * 60 * 1000)
const HOURS = `must be hours, such as 72 or 0.5, and at most ${LONGEST_WAIT_HOURS}`

const SOURCES = 'must be names of sources in mappings.ts with a comma between them, such as direct,hubspot'

/** Who may put something on the bus or in the inbox is IAM's business: no source needs a secret there. */
export const busSchema = z.object({
  ...shared,
  DELETES: z.enum(DELETES, `must be ${DELETES.join(', ')}`).default('ignore'),
  SOURCES: z
    .string()
    .regex(/^[^,]+(,[^,]+)*$/, SOURCES)
    .transform((names) => names.split(',').map((name) => name.trim()))
    .optional(),
})

export const webhookSchema = busSchema.extend({
  SOURCES_SECRET_ID: name,
  DELIVER_NOW_FUNCTION: name,
  PUBLIC_URL: address,
})

export const deliverSchema = z.object({
  ...shared,
  CAMPAIGN_URL: address.default('https://mc.adobe.io'),
  IMS_URL: address.default('https://ims-na1.adobelogin.com'),
  CAMPAIGN_SECRET_ID: name,
  LEDGER_TABLE: name,
  CALLS_PER_SECOND: callsPerSecond,
  REQUEST_TIMEOUT_SECONDS: seconds(15),
  LANDING_SECONDS: seconds(60),
  WAITING_QUEUE_URL: name,
  UNMATCHED: z.enum(['wait', 'park', 'create'], 'must be wait, park or create').default('wait'),
  WAIT_HOURS: z
    .string()
    .regex(/^\d{1,3}(\.\d{1,6})?$/, HOURS)
    .transform(Number)
    .refine((hours) => hours <= LONGEST_WAIT_HOURS, HOURS)
    .default(72),
  VERIFY: z.enum(['never', 'always'], 'must be never or always').default('never'),
})

const moverSchema = z.object({ WAITING_QUEUE_URL: name, CHANGES_QUEUE_URL: name })

const redriveSchema = z.object({
  PARKED_QUEUE_URL: name,
  CHANGES_QUEUE_URL: name,
  CONSENT_QUEUE_URL: name,
  PSEUDONYM_SECRET_ID: name,
})

/** Something a person can mend before the next start; the message names every fault and what is allowed. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

export type WebhookConfig = z.infer<typeof webhookSchema>
export type BusConfig = z.infer<typeof busSchema>
export type DeliverConfig = z.infer<typeof deliverSchema>
/** Variable names to text; a variable that is set but empty counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What the webhook needs. Throws one error that names every variable at fault and what it may be. */
export const readWebhookConfig = (environment: Environment): WebhookConfig => read(webhookSchema, environment)

/** What the function behind the inbox needs. Throws one error that names every variable at fault and what it may be. */
export const readBusConfig = (environment: Environment): BusConfig => read(busSchema, environment)

/** What deliver needs. Throws one error that names every variable at fault and what it may be. */
export const readDeliverConfig = (environment: Environment): DeliverConfig => read(deliverSchema, environment)

/** What the mover needs. Throws one error that names every variable at fault and what it may be. */
export const readMoverConfig = (environment: Environment): z.infer<typeof moverSchema> =>
  read(moverSchema, environment)

export type RedriveConfig = z.infer<typeof redriveSchema>

/** What sending parked changes again needs. Throws one error that names every variable at fault and what it may be. */
export const readRedriveConfig = (environment: Environment): RedriveConfig => read(redriveSchema, environment)

/**
 * Whether the extended API is needed: for an instance's own attributes and filters, for organizational units, and on v8
 * for timeZone, which is only there.
 */
export const isExtended = (
  { CAMPAIGN_DIALECT, BUSINESS_KEY }: Pick<DeliverConfig, 'CAMPAIGN_DIALECT' | 'BUSINESS_KEY'>,
  mappings: Mappings,
): boolean =>
  CAMPAIGN_DIALECT === 'v8' ||
  BUSINESS_KEY !== undefined ||
  needsOrgUnits(mappings) ||
  [mappings.attributes, mappings.filters ?? {}].some((own) => Object.keys(own).length > 0)

const read = <Config>(schema: z.ZodType<Config>, environment: Environment): Config => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, text]) => text !== ''))
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.map((issue) =>
    issue.path[0] !== undefined && given[String(issue.path[0])] === undefined
      ? `${issue.path.join('.')} is not set`
      : `${issue.path.join('.')} ${issue.message}`,
  )
  throw new StartError(`cannot start, mend these variables: ${faults.join('; ')}`)
}
