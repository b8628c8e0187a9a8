// The body of a POST or PATCH, read whole before anything is written: one refused attribute refuses all.
import type { Value } from './attributes.ts'
import { applyDataPolicy } from './data-policy.ts'
import { badValue, malformedBody, malformedKey, readOnlyProperty, unknownProperty } from './engine-error.ts'
import type { Instance } from './instance.ts'
import { findOrgUnit } from './org-units.ts'
import { type Read, readValue } from './value.ts'

export type Changes = Map<string, Value>

/** `client`: what the API allows. `setUp`: also what only the server writes, without data policies. */
export type Writer = { kind: 'client'; extended: boolean } | { kind: 'setUp' }

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Null and a link without PKey: unlinked, and dropped without a word (AdobeDocs campaign.en limitations, column Standard). */
const readLink = (instance: Instance, name: string, given: unknown): Read<Value | undefined> => {
  if (given === null) return { value: '' }
  if (!isObject(given)) return { refusal: badValue(name, 'a link is written as an object with a PKey') }
  const { PKey } = given
  if (typeof PKey !== 'string') return { value: undefined }
  if (name === 'orgUnit') return findOrgUnit(instance, PKey)
  return { refusal: malformedKey(PKey, 'Geographical units (nms:geoUnitBase)') }
}

const readLocation = (instance: Instance, given: unknown): Read<[string, unknown][]> => {
  const { locationMembers } = instance.attributes
  if (given === null) return { value: locationMembers.map((member) => [`location.${member}`, null]) }
  if (!isObject(given)) return { refusal: badValue('location', 'an object is expected') }
  const unknown = Object.keys(given).find((member) => !locationMembers.includes(member))
  if (unknown !== undefined) return { refusal: unknownProperty(unknown) }
  return { value: Object.entries(given).map(([member, value]) => [`location.${member}`, value]) }
}

const serverWritten = new Set(['created', 'lastModified'])

export const readProfileObject = (instance: Instance, given: unknown, writer: Writer): Read<Changes> => {
  if (!isObject(given)) return { refusal: malformedBody(JSON.stringify(given) ?? '') }
  const { byName } = instance.attributes
  const changes: Changes = new Map()
  const queue = Object.entries(given).filter(([name]) => name !== 'location')
  if (Object.hasOwn(given, 'location')) {
    const location = readLocation(instance, given['location'])
    if ('refusal' in location) return location
    queue.push(...location.value)
  }
  for (const [name, value] of queue) {
    const attribute = byName.get(name)
    const dotted = name.includes('.') && Object.hasOwn(given, name)
    if (!attribute || dotted || (attribute.extended && writer.kind === 'client' && !writer.extended)) {
      return { refusal: unknownProperty(name) }
    }
    const settable =
      attribute.type === 'datetime' && (name.endsWith('LastModified') || serverWritten.has(name))
    if (!attribute.writable && !(writer.kind === 'setUp' && settable)) {
      return { refusal: readOnlyProperty(name) }
    }
    const read = attribute.type === 'link' ? readLink(instance, name, value) : readValue(attribute, value)
    if ('refusal' in read) return read
    if (read.value === undefined) continue
    const kept = writer.kind === 'setUp' ? read : applyDataPolicy(instance.settings, name, read.value)
    if ('refusal' in kept) return kept
    if (kept.value !== undefined) changes.set(name, kept.value)
  }
  return { value: changes }
}

/** No body at all is taken as `{}` (inferred). The Content-Type does not matter: Adobe's own SDK sends text/plain. */
export const readProfileBody = (instance: Instance, body: Buffer | string, writer: Writer): Read<Changes> => {
  const text = body.toString()
  if (text.trim() === '') return { value: new Map() }
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return { refusal: malformedBody(text) }
  }
  return readProfileObject(instance, given, writer)
}
