// The functions' own variables as a stage may set them, checked by the schemas that the functions read them with.
import * as z from 'zod'
import { acceptSchema, busSchema, deliverSchema } from '../functions/runtime/config.ts'

const NAMES = [
  'CAMPAIGN_URL',
  'IMS_URL',
  'CAMPAIGN_DIALECT',
  'BUSINESS_KEY',
  'CALLS_PER_SECOND',
  'REQUEST_TIMEOUT_SECONDS',
  'LANDING_SECONDS',
  'VERIFY',
  'UNMATCHED',
  'WAIT_HOURS',
  'DELETES',
  'MODE',
] as const

/** Where things are (queues, secrets, the table) is the stack's own to say, so no other variable may be set. */
export type Settings = Readonly<Partial<Record<(typeof NAMES)[number], string>>>

const shapes = { accept: acceptSchema.shape, bus: busSchema.shape, deliver: deliverSchema.shape }

const picked = Object.fromEntries(
  Object.entries<z.ZodType>({ ...shapes.accept, ...shapes.deliver }).filter(([name]) => isSetting(name)),
)
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

function isSetting(name: string): boolean {
  return NAMES.some((setting) => setting === name)
}
