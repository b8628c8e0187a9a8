// The functions' own variables as a stage may set them, checked by the schemas that the functions read them with.
import * as z from 'zod'
import { busSchema, deliverSchema, webhookSchema } from '../functions/runtime/config.ts'

const shapes = { webhook: webhookSchema.shape, bus: busSchema.shape, deliver: deliverSchema.shape }
const all = { ...shapes.webhook, ...shapes.deliver }
type Variable = keyof typeof all

/** Where things are, and which sources are on: the stack's own to say, so no stage may set them. */
const OWN = [
  'PSEUDONYM_SECRET_ID',
  'SOURCES_SECRET_ID',
  'CAMPAIGN_SECRET_ID',
  'CHANGES_QUEUE_URL',
  'CONSENT_QUEUE_URL',
  'PARKED_QUEUE_URL',
  'WAITING_QUEUE_URL',
  'LEDGER_TABLE',
  'DELIVER_NOW_FUNCTION',
  'PUBLIC_URL',
  'SOURCES',
] as const satisfies readonly Variable[]

/** Every other variable of the functions. */
export type Settings = Readonly<Partial<Record<Exclude<Variable, (typeof OWN)[number]>, string>>>

const picked = Object.fromEntries(
  Object.entries<z.ZodType>(all).filter(([name]) => !OWN.some((own) => own === name)),
)
const NAMES = Object.keys(picked).toSorted()
const settingsSchema = z.strictObject(picked)

/** What is wrong with the settings, each with what is allowed; empty where the functions can start with them. */
export const settingFaults = (settings: Readonly<Record<string, string>>): readonly string[] =>
  (settingsSchema.safeParse(settings).error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => `${key} is no setting: allowed are ${NAMES.join(', ')}`)
      : [`${issue.path.join('.')} ${issue.message}, not ${JSON.stringify(settings[String(issue.path[0])])}`],
  )

/** Each function is given those that it reads. */
export const settingsOf = (reader: keyof typeof shapes, settings: Settings): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => name in shapes[reader]))
