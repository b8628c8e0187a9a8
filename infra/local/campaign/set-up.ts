// Profiles planted by a test or a demonstration, past the limits of the API.
import { ControlRefusal } from './control-refusal.ts'
import type { Instance } from './instance.ts'
import { type Changes, readProfileObject } from './profile-body.ts'
import { showProfile } from './show-profile.ts'
import { addProfile, findDuplicate } from './write-profile.ts'

const allowedNames = ({ attributes }: Instance): string =>
  [...attributes.byName.values()]
    .filter(({ name, writable, type }) => !name.includes('.') && (writable || type === 'datetime'))
    .map(({ name }) => name)
    .join(', ')

/** All of them or none; answers them as profileAndServicesExt shows them. */
export const plantProfiles = (instance: Instance, given: readonly unknown[]): Record<string, unknown>[] => {
  const read = given.map((one, index): Changes => {
    const changes = readProfileObject(instance, one, { kind: 'setUp' })
    if ('value' in changes) return changes.value
    throw new ControlRefusal(`profiles.${index}: ${changes.refusal.body}; allowed: ${allowedNames(instance)}`)
  })
  const { businessKey } = instance.settings
  const keys = new Set<unknown>()
  for (const [index, changes] of read.entries()) {
    const key = businessKey === null ? '' : (changes.get(businessKey) ?? '')
    if (key !== '' && (keys.has(key) || findDuplicate(instance, changes))) {
      throw new ControlRefusal(`profiles.${index}: the ${businessKey} ${key} is taken`)
    }
    keys.add(key)
  }
  return read.map((changes) => showProfile(instance, addProfile(instance, changes), true))
}

export const showAll = (instance: Instance): Record<string, unknown>[] =>
  [...instance.profiles.after()].map((profile) => showProfile(instance, profile, true))
