// Links: one record named inside another, `{PKey, href, title}` (AdobeDocs campaign-standard.en
// retrieving-an-organizational-unit, updating-profile-organizational-unit; services show label and name too).
import type { Attribute, Value } from './attribute.ts'
import type { Instance } from './instance.ts'
import type { Resource } from './resource.ts'
import type { Row } from './table.ts'
import type { Read } from './value.ts'

/** Units and custom resources are on profileAndServicesExt whoever links to them. */
export const apiOf = (resource: Resource, extended: boolean) =>
  extended || !resource.apis.includes('profileAndServices')
    ? (resource.apis.find((api) => api !== 'profileAndServices') ?? 'profileAndServices')
    : 'profileAndServices'

export const nameRecord = (instance: Instance, resource: Resource, row: Row, extended: boolean) => {
  const PKey = instance.keys.write(resource.kind, row.id, 'record', instance.settings.unstablePKeys)
  return { PKey, href: `${instance.root()}/${apiOf(resource, extended)}/${resource.name}/${PKey}` }
}

/** The record that a body names by PKey or by its key ("raw-id" of AdobeDocs campaign.en limitations). */
export const findLinked = (instance: Instance, target: Resource, key: string): Read<Row> => {
  const { errors, keys } = instance
  if (!key.startsWith('@')) {
    const found = target.keyName === null ? undefined : target.table.withKey(key)
    return found ? { value: found } : { refusal: errors.unknownRecord(target, key) }
  }
  const id = keys.read(target.kind, key)
  if (id === undefined) return { refusal: errors.malformedKey(target, key) }
  const row = target.table.get(id)
  return row ? { value: row } : { refusal: errors.unknownRecord(target, key) }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Null unlinks. Attributes instead of a PKey: dropped without a word in Standard, refused in v8, which
 * names the resource that holds the link (AdobeDocs campaign.en limitations, "POST with linked resources").
 */
export const readLink = (
  instance: Instance,
  holder: Resource,
  link: Attribute,
  given: unknown,
): Read<Value | undefined> => {
  const { errors, settings } = instance
  if (given === null) return { value: '' }
  if (!isObject(given)) {
    return { refusal: errors.badValue(link.name, 'a link is written as an object with a PKey') }
  }
  const { PKey } = given
  const target = instance.resources.get(link.target ?? '')
  if (typeof PKey === 'string' && target) {
    const found = findLinked(instance, target, PKey)
    return 'refusal' in found ? found : { value: found.value.id }
  }
  if (settings.dialect === 'standard') return { value: undefined }
  const [name = link.name] = Object.keys(given)
  return { refusal: errors.unknownProperty(holder, name) }
}

/** Null when nothing is linked, or what was linked is deleted (inferred). `whole`: also the values of the linked record. */
export const showLink = (instance: Instance, link: Attribute, row: Row, whole = false) => {
  const target = instance.resources.get(link.target ?? '')
  const id = row.stored[link.name]
  const linked = typeof id === 'number' ? target?.table.get(id) : undefined
  if (!target || !linked) return null
  return showLinked(instance, target, linked, true, whole)
}

export const showLinked = (
  instance: Instance,
  target: Resource,
  linked: Row,
  extended: boolean,
  whole = false,
) => {
  const { PKey, href } = nameRecord(instance, target, linked, extended)
  const shown: Record<string, unknown> = { PKey, href, title: target.titleOf(linked) }
  const names = whole ? target.attributes.scalars.map(({ name }) => name) : target.shownInLinks
  for (const name of names) {
    shown[name] = linked.stored[name] ?? target.attributes.byName.get(name)?.empty ?? ''
  }
  return shown
}
