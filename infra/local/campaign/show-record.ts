// A record as the API shows it. Keys and defaults: answers of live instances (ethyca/fides, the 2019
// "Managing profiles" page) and the samples of AdobeDocs campaign-standard.en.
import { showTime } from './dates.ts'
import type { Instance } from './instance.ts'
import { apiOf, nameRecord, showLink } from './links.ts'
import type { Resource } from './resource.ts'
import type { Row } from './table.ts'

/** `created`: the answer to a POST, which in v8 holds the values of linked records too. */
export type Occasion = 'read' | 'created'

export const showRecord = (
  instance: Instance,
  resource: Resource,
  row: Row,
  extended: boolean,
  occasion: Occasion = 'read',
): Record<string, unknown> => {
  const { keys, settings } = instance
  const { attributes } = resource
  const { stored } = row
  const { PKey, href } = nameRecord(instance, resource, row, extended)
  const shown: Record<string, unknown> = { PKey, href }
  for (const { name, empty, dropped } of attributes.scalars) {
    shown[name] = dropped ? empty : (stored[name] ?? empty)
  }
  Object.assign(shown, resource.derive(instance, row))
  shown['created'] = showTime(row.created)
  shown['lastModified'] = showTime(row.lastModified)
  shown['title'] = resource.titleOf(row)
  if (resource.hasSubscriptions) {
    const key = keys.write(resource.kind, row.id, 'subscriptions', settings.unstablePKeys)
    const api = apiOf(resource, extended)
    shown['subscriptions'] = { href: `${instance.root()}/${api}/${resource.name}/${key}/subscriptions/` }
  }
  const whole = occasion === 'created' && settings.dialect === 'v8'
  for (const link of attributes.links) {
    if (extended || !link.extended) shown[link.name] = showLink(instance, link, row, whole)
  }
  if (!extended) return shown
  if (attributes.byName.has('acsId')) shown['acsId'] = ''
  for (const { name, empty, dropped } of attributes.extendedScalars) {
    shown[name] = dropped ? empty : (stored[name] ?? empty)
  }
  return shown
}
