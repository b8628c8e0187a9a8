// Which operation a URL names. Grammar: AdobeDocs campaign-standard.en must-read, endpoints, filtering,
// retrieving-profiles; the precedence of filter, attribute and business key in `/profile/<x>` is inferred.
import { findFilter } from './filters.ts'
import type { Instance } from './instance.ts'

export type Call = {
  extended: boolean
  query: URLSearchParams
  body: Buffer | string
  /** The decoded segments of the collection, for its hrefs. */
  collection: readonly string[]
  filters: { attribute: string; parameter: string }[]
  /** Projection to one attribute. */
  attribute: string | undefined
  /** PKey or business key of one record; empty for a collection. */
  key: string
}

export type Shape = 'collection' | 'count' | 'record'
export type Route = { resource: string; shape: Shape; call: Call }

const apis = new Map([
  ['profileAndServices', false],
  ['profileAndServicesExt', true],
])

const isShown = ({ attributes }: Instance, name: string, extended: boolean) => {
  const attribute = attributes.byName.get(name)
  return attribute !== undefined && attribute.type !== 'other' && (extended || !attribute.extended)
}

/** The segments after `/<organization>/campaign`, decoded. Undefined where no URL of Campaign looks like that. */
export const findRoute = (
  instance: Instance,
  segments: readonly string[],
  query: URLSearchParams,
  body: Buffer | string,
): Route | undefined => {
  const [api = '', resource = '', ...rest] = segments
  const extended = apis.get(api)
  if (extended === undefined || resource === '') return undefined
  const call: Call = {
    extended,
    query,
    body,
    collection: [resource],
    filters: [],
    attribute: undefined,
    key: '',
  }
  const [first = ''] = rest
  if (rest.length === 1 && first.startsWith('@'))
    return { resource, shape: 'record', call: { ...call, key: first } }

  let at = 0
  const filters: Call['filters'] = []
  for (; at < rest.length; at += 1) {
    const filter =
      resource === 'profile' ? findFilter(instance.settings, rest[at] ?? '', extended) : undefined
    if (!filter) break
    filters.push(filter)
  }
  const collection = [resource, ...rest.slice(0, at)]
  const [next, ...beyond] = rest.slice(at)
  if (next === undefined) return { resource, shape: 'collection', call: { ...call, collection, filters } }
  if (beyond.length > 0) return undefined
  if (next === '_count') return { resource, shape: 'count', call: { ...call, collection, filters } }
  if (resource === 'profile' && isShown(instance, next, extended)) {
    const projected = { ...call, collection: [...collection, next], filters, attribute: next }
    return { resource, shape: 'collection', call: projected }
  }
  return filters.length === 0 && next !== 'metadata'
    ? { resource, shape: 'record', call: { ...call, key: next } }
    : undefined
}
