// The emulated instance: what the engine's operations share.
import type { Time } from '../../../functions/runtime/time.ts'
import { checkSettings } from './check-settings.ts'
import { ControlRefusal } from './control-refusal.ts'
import type { EngineErrors } from './engine-error.ts'
import { createKeys, type Keys } from './keys.ts'
import type { Resource } from './resource.ts'
import { createTables, readResources, type Tables } from './resources.ts'
import { defaultSettings, mergeSettings, type Settings } from './settings.ts'
import { standardErrors } from './standard-errors.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions.ts'
import { plantOrgUnits } from './units.ts'
import { v8ErrorsWith } from './v8-errors.ts'

export type Credentials = { organization: string; clientId: string; clientSecret: string }

export type Instance = {
  settings: Settings
  errors: EngineErrors
  resources: ReadonlyMap<string, Resource>
  subscriptions: Subscriptions
  tables: Tables
  keys: Keys
  time: Time
  /** Where hrefs start: `http://…/<organization>/campaign`. */
  root: () => string
}

export type InstanceOptions = {
  credentials: Credentials
  baseUrl: string | (() => string)
  time: Time
  random?: (() => number) | undefined
}

const errorsOf = (settings: Settings) => (settings.dialect === 'v8' ? v8ErrorsWith(settings) : standardErrors)

export const createInstance = ({ credentials, baseUrl, time, random }: InstanceOptions): Instance => {
  const tables = createTables()
  const ownUrl = typeof baseUrl === 'string' ? () => baseUrl : baseUrl
  const instance: Instance = {
    settings: defaultSettings,
    errors: standardErrors,
    resources: new Map(),
    subscriptions: createSubscriptions(),
    tables,
    keys: createKeys(random),
    time,
    root: () => `${instance.settings.baseUrl ?? ownUrl()}/${credentials.organization}/campaign`,
  }
  restore(instance, defaultSettings)
  return instance
}

/** The resource that every instance has. */
export const profilesOf = ({ resources }: Instance): Resource => {
  const profiles = resources.get('profile')
  if (!profiles) throw new Error('an instance without profiles')
  return profiles
}

/** Merges the change into the settings, or changes nothing and throws a ControlRefusal. */
export const configure = (instance: Instance, given: unknown): Settings => {
  const settings = mergeSettings(instance.settings, given)
  const resources = readResources(settings, instance.tables)
  checkSettings(settings, resources)
  const changed = [...resources.values()].filter(
    ({ name, keyName }) => instance.resources.get(name)?.keyName !== keyName,
  )
  for (const { name, table, keyName } of changed) {
    const shared = table.sharedValue(keyName)
    if (shared === undefined) continue
    const setting = name === 'profile' ? 'businessKey' : `customResources.${name}.key`
    throw new ControlRefusal(`settings.${setting}: two records share the ${keyName} ${shared}`)
  }
  for (const { table, keyName } of changed) table.useKey(keyName)
  plantOrgUnits(instance.tables.of('orgUnitBase'), settings.orgUnits)
  instance.settings = settings
  instance.resources = resources
  instance.errors = errorsOf(settings)
  return settings
}

/** Puts settings back that were valid once; the tables are empty. */
export const restore = (instance: Instance, settings: Settings): void => {
  instance.settings = settings
  instance.errors = errorsOf(settings)
  instance.resources = readResources(settings, instance.tables)
  plantOrgUnits(instance.tables.of('orgUnitBase'), settings.orgUnits)
  for (const { table, keyName } of instance.resources.values()) table.useKey(keyName)
}
