// GET, POST, PATCH and DELETE of profiles.
// AdobeDocs campaign-standard.en verbs, creating-profiles-api, updating-profiles, must-read.
import { type HttpAnswer, jsonAnswer } from './answer.ts'
import { badUrl, keyChange, malformedKey, unknownRecord } from './engine-error.ts'
import type { Instance } from './instance.ts'
import { readProfileBody } from './profile-body.ts'
import type { Profile } from './profiles.ts'
import type { Call } from './route.ts'
import { nameProfile, showProfile } from './show-profile.ts'
import type { Read } from './value.ts'
import { addProfile, changeProfile, findDuplicate } from './write-profile.ts'

/** A segment that starts with @ is a PKey, any other a business key, which profileAndServices does not have. */
const findProfile = ({ keys, profiles, settings }: Instance, { key, extended }: Call): Read<Profile> => {
  if (key.startsWith('@')) {
    const id = keys.read('profile', key)
    if (id === undefined) return { refusal: malformedKey(key, 'Profiles (nms:recipient)') }
    const profile = profiles.get(id)
    return profile ? { value: profile } : { refusal: unknownRecord('Profile', key) }
  }
  if (!extended || settings.businessKey === null) return { refusal: badUrl() }
  const profile = profiles.withKey(key)
  return profile ? { value: profile } : { refusal: unknownRecord('Profile', key) }
}

export const createProfile = (instance: Instance, { body, extended }: Call): HttpAnswer => {
  const read = readProfileBody(instance, body, { kind: 'client', extended })
  if ('refusal' in read) return read.refusal
  const duplicate = findDuplicate(instance, read.value)
  if (duplicate) return duplicate
  return jsonAnswer(201, showProfile(instance, addProfile(instance, read.value), extended))
}

/** A single record has no href in Standard; one page of Adobe's wraps it in `content`. */
export const readProfile = (instance: Instance, call: Call): HttpAnswer => {
  const found = findProfile(instance, call)
  if ('refusal' in found) return found.refusal
  const { href: _, ...shown } = showProfile(instance, found.value, call.extended)
  return jsonAnswer(200, instance.settings.wrapSingle ? { content: [shown] } : shown)
}

/** Merges. A record addressed by its business key keeps that key; one addressed by its PKey may get a free one. */
export const updateProfile = (instance: Instance, call: Call): HttpAnswer => {
  const found = findProfile(instance, call)
  if ('refusal' in found) return found.refusal
  const read = readProfileBody(instance, call.body, { kind: 'client', extended: call.extended })
  if ('refusal' in read) return read.refusal
  const profile = found.value
  const { businessKey } = instance.settings
  const newKey = businessKey === null ? undefined : read.value.get(businessKey)
  if (newKey !== undefined && newKey !== call.key && !call.key.startsWith('@')) {
    return keyChange(call.key, String(newKey))
  }
  const duplicate = findDuplicate(instance, read.value, profile)
  if (duplicate) return duplicate
  changeProfile(instance, profile, read.value)
  return jsonAnswer(200, nameProfile(instance, profile, call.extended))
}

/** 200 as AdobeDocs verbs says; that its body is empty is inferred. */
export const deleteProfile = (instance: Instance, call: Call): HttpAnswer => {
  const found = findProfile(instance, call)
  if ('refusal' in found) return found.refusal
  instance.profiles.remove(found.value)
  return { kind: 'answer', status: 200, headers: {}, body: '' }
}
