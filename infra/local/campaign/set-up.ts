// Profiles planted by a test or a demonstration, past the limits of the API.
import { ControlRefusal } from './control-refusal.ts'
import { type Instance, profilesOf } from './instance.ts'
import { type Changes, readRecordObject } from './record-body.ts'
import type { Resource } from './resource.ts'
import { showRecord } from './show-record.ts'
import { addRecord, findDuplicate } from './write-record.ts'

const allowedNames = ({ attributes }: Resource): string =>
  [...attributes.byName.values()]
    .filter(({ name, writable, type }) => !name.includes('.') && (writable || type === 'datetime'))
    .map(({ name }) => name)
    .join(', ')

/** All of them or none; answers them as profileAndServicesExt shows them. */
export const plantProfiles = (instance: Instance, given: readonly unknown[]): Record<string, unknown>[] => {
  const profiles = profilesOf(instance)
  const read = given.map((one, index): Changes => {
    const changes = readRecordObject(instance, profiles, one, { kind: 'setUp' })
    if ('value' in changes) return changes.value
    throw new ControlRefusal(`profiles.${index}: ${changes.refusal.body}; allowed: ${allowedNames(profiles)}`)
  })
  const { businessKey } = instance.settings
  const keys = new Set<unknown>()
  for (const [index, changes] of read.entries()) {
    const key = businessKey === null ? '' : (changes.get(businessKey) ?? '')
    if ((key !== '' && keys.has(key)) || findDuplicate(instance, profiles, changes)) {
      throw new ControlRefusal(`profiles.${index}: the ${businessKey} ${key} is taken`)
    }
    keys.add(key)
  }
  return read.map((changes) => showRecord(instance, profiles, addRecord(instance, profiles, changes), true))
}

export const showAll = (instance: Instance): Record<string, unknown>[] => {
  const profiles = profilesOf(instance)
  return [...profiles.table.after()].map((row) => showRecord(instance, profiles, row, true))
}
