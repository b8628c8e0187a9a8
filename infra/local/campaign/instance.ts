// The emulated instance: what the engine's operations share.
import type { Time } from '../../../functions/runtime/time.ts'
import { type Attributes, readAttributes } from './attributes.ts'
import { ControlRefusal } from './control-refusal.ts'
import { createKeys, type Keys } from './keys.ts'
import { createProfiles, type Profiles } from './profiles.ts'
import { defaultSettings, mergeSettings, type Settings } from './settings.ts'

export type Credentials = { organization: string; clientId: string; clientSecret: string }

export type Instance = {
  settings: Settings
  attributes: Attributes
  profiles: Profiles
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

export const createInstance = ({ credentials, baseUrl, time, random }: InstanceOptions): Instance => {
  const settings = defaultSettings
  const profiles = createProfiles()
  profiles.useKey(settings.businessKey)
  return {
    settings,
    attributes: readAttributes(settings.customFields),
    profiles,
    keys: createKeys(random),
    time,
    root: () => `${typeof baseUrl === 'string' ? baseUrl : baseUrl()}/${credentials.organization}/campaign`,
  }
}

/** Merges the change into the settings, or changes nothing and throws a ControlRefusal. */
export const configure = (instance: Instance, given: unknown): Settings => {
  const settings = mergeSettings(instance.settings, given)
  const attributes = readAttributes(settings.customFields)
  const { businessKey } = settings
  if (businessKey !== null && settings.customFields[businessKey] !== 'string') {
    throw new ControlRefusal(`settings.businessKey: ${businessKey} is not a custom field of type string`)
  }
  for (const [name, { attribute }] of Object.entries(settings.filters)) {
    if (!attributes.byName.has(attribute)) {
      throw new ControlRefusal(`settings.filters.${name}: there is no attribute ${attribute}`)
    }
  }
  if (businessKey !== instance.settings.businessKey) {
    const shared = instance.profiles.useKey(businessKey)
    if (shared !== undefined) {
      throw new ControlRefusal(`settings.businessKey: two profiles share the ${businessKey} ${shared}`)
    }
  }
  instance.settings = settings
  instance.attributes = attributes
  return settings
}

/** Puts settings back that were valid once; the table is empty. */
export const restore = (instance: Instance, settings: Settings): void => {
  instance.settings = settings
  instance.attributes = readAttributes(settings.customFields)
  instance.profiles.useKey(settings.businessKey)
}
