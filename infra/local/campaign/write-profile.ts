// Changes become a profile: the key stays unique, consent flags get their times, defaults are not stored.
import type { HttpAnswer } from './answer.ts'
import { showTime } from './dates.ts'
import { duplicateKey } from './engine-error.ts'
import type { Instance } from './instance.ts'
import type { Changes } from './profile-body.ts'
import type { Profile, Stored } from './profiles.ts'

/** Inferred: no Adobe page says when the `…LastModified` times change. */
const stampFlags = ({ attributes }: Instance, stored: Stored, changes: Changes, now: number): Changes => {
  const stamped = new Map(changes)
  for (const [name, value] of changes) {
    const stamps = attributes.stampsOf.get(name)
    if (!stamps || value === (stored[name] ?? false)) continue
    for (const stamp of stamps) if (!changes.has(stamp)) stamped.set(stamp, showTime(now))
  }
  return stamped
}

const merge = ({ attributes }: Instance, stored: Stored, changes: Changes): Stored => {
  const merged: Stored = {}
  for (const name in stored) {
    const value = stored[name]
    if (value !== undefined && !changes.has(name)) merged[name] = value
  }
  for (const [name, value] of changes) {
    if (value !== attributes.byName.get(name)?.empty) merged[name] = value
  }
  return merged
}

/** Empty keys are not unique. */
export const findDuplicate = (
  { settings, profiles }: Instance,
  changes: Changes,
  self?: Profile,
): HttpAnswer | undefined => {
  const { businessKey } = settings
  if (businessKey === null) return undefined
  const key = String(changes.get(businessKey) ?? '')
  const holder = key === '' ? undefined : profiles.withKey(key)
  return holder && holder !== self ? duplicateKey(businessKey, key) : undefined
}

const takeTime = (changes: Changes, name: string, otherwise: number): number => {
  const given = changes.get(name)
  changes.delete(name)
  return given === undefined || given === '' ? otherwise : Date.parse(String(given).replace(' ', 'T'))
}

/** Set-up may say when the profile was created and last modified. */
export const addProfile = (instance: Instance, given: Changes): Profile => {
  const changes = new Map(given)
  const now = instance.time.now()
  const created = takeTime(changes, 'created', now)
  const lastModified = takeTime(changes, 'lastModified', Math.max(created, now))
  const stored = merge(instance, {}, stampFlags(instance, {}, changes, now))
  return instance.profiles.add(stored, created, lastModified)
}

/** A body without attributes writes nothing. */
export const changeProfile = (instance: Instance, profile: Profile, changes: Changes): void => {
  if (changes.size === 0) return
  const now = instance.time.now()
  const stored = merge(instance, profile.stored, stampFlags(instance, profile.stored, changes, now))
  instance.profiles.change(profile, stored, now)
}
