// The body of a POST or PATCH, read whole before anything is written: one refused attribute refuses all.
import type { Attribute, Value } from './attribute.ts'
import { applyDataPolicy } from './data-policy.ts'
import type { Instance } from './instance.ts'
import { readLink } from './links.ts'
import { readLocation } from './location.ts'
import type { Resource } from './resource.ts'
import { standardErrors } from './standard-errors.ts'
import { type Judge, type Read, readValue } from './value.ts'

export type Changes = Map<string, Value>

/** `create`, `update`: what the API allows. `setUp`: also what only the server writes, without data policies. */
export type Writer = { kind: 'create' | 'update'; extended: boolean } | { kind: 'setUp' }

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const serverWritten = new Set(['created', 'lastModified'])

const isSettable = ({ name, type }: Attribute) =>
  type === 'datetime' && (name.endsWith('LastModified') || serverWritten.has(name))

type Reading = { instance: Instance; resource: Resource; judge: Judge; writer: Writer }

const readAttribute = (
  { instance, resource, judge, writer }: Reading,
  attribute: Attribute,
  given: unknown,
): Read<Value | undefined> => {
  const { name } = attribute
  if (!attribute.writable && !(writer.kind === 'setUp' && isSettable(attribute))) {
    return { refusal: judge.errors.readOnlyProperty(resource, name) }
  }
  if (attribute.type === 'link') return readLink(instance, resource, attribute, given)
  const read = readValue(judge, attribute, given)
  if ('refusal' in read || read.value === undefined || writer.kind === 'setUp') return read
  return applyDataPolicy(judge, name, read.value)
}

export const readRecordObject = (
  instance: Instance,
  resource: Resource,
  given: unknown,
  writer: Writer,
): Read<Changes> => {
  // Whoever sets the emulator up is told the reason in either dialect.
  const errors = writer.kind === 'setUp' ? standardErrors : instance.errors
  const judge = { errors, settings: instance.settings, resource }
  const reading = { instance, resource, judge, writer }
  if (!isObject(given)) return { refusal: errors.malformedBody(JSON.stringify(given) ?? '') }
  const { byName, locationMembers } = resource.attributes
  const changes: Changes = new Map()
  const queue = Object.entries(given).filter(([name]) => name !== 'location' || locationMembers.length === 0)
  if (locationMembers.length > 0 && Object.hasOwn(given, 'location')) {
    const location = readLocation(judge, resource, given['location'], writer)
    if ('refusal' in location) return location
    queue.push(...location.value)
  }
  for (const [name, value] of queue) {
    const attribute = byName.get(name)
    const isDotted = name.includes('.') && Object.hasOwn(given, name)
    const isHidden = attribute?.extended && writer.kind !== 'setUp' && !writer.extended
    if (!attribute || isDotted || isHidden) {
      if (judge.settings.unknownAttribute === 'ignore' && writer.kind !== 'setUp') continue
      return { refusal: errors.unknownProperty(resource, name) }
    }
    const read = readAttribute(reading, attribute, value)
    if ('refusal' in read) return read
    if (read.value !== undefined) changes.set(name, read.value)
  }
  return { value: changes }
}

/** No body at all is taken as `{}` (inferred). The Content-Type does not matter: Adobe's own SDK sends text/plain. */
export const readJson = ({ errors }: Instance, body: Buffer | string): Read<unknown> => {
  const text = body.toString()
  if (text.trim() === '') return { value: {} }
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { refusal: errors.malformedBody(text) }
  }
}

export const readRecordBody = (
  instance: Instance,
  resource: Resource,
  body: Buffer | string,
  writer: Writer,
): Read<Changes> => {
  const read = readJson(instance, body)
  return 'refusal' in read ? read : readRecordObject(instance, resource, read.value, writer)
}
