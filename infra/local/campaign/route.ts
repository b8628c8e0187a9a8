// Which operation a URL names. Grammar: AdobeDocs campaign-standard.en must-read, endpoints, filtering,
// retrieving-profiles; the precedence of filter, attribute and business key in `/profile/<x>` is inferred.
import { everyRow, type Filter } from './filter.ts'
import type { Instance } from './instance.ts'
import type { Api, Resource } from './resource.ts'

export type Call = {
  resource: Resource
  api: Api
  /** Custom fields are shown and may be written. */
  extended: boolean
  /** As v8 prints it in errors. */
  endpoint: string
  query: URLSearchParams
  body: Buffer | string
  /** The decoded segments of the collection, for its hrefs. */
  collection: readonly string[]
  filters: readonly Filter[]
  /** Projection to one attribute. */
  attribute: string | undefined
  /** PKey or business key of one record; empty for a collection. */
  key: string
  /** Of one member of its sub-collection. */
  subKey: string
}

export type Shape =
  | 'collection'
  | 'count'
  | 'record'
  | 'location'
  | 'subscriptions'
  | 'subscriptionCount'
  | 'subscription'
  | 'metadata'
export type Route = { shape: Shape; call: Call }

const isShown = ({ attributes }: Resource, name: string, extended: boolean) => {
  const attribute = attributes.byName.get(name)
  return (
    attribute !== undefined &&
    attribute.type !== 'other' &&
    !name.includes('.') &&
    (extended || !attribute.extended)
  )
}

export const apiNamed = (name: string): Api | undefined =>
  name === 'profileAndServices' || name === 'profileAndServicesExt' || name === 'customResources'
    ? name
    : undefined

export const endpointOf = (segments: readonly string[]) => ['rest', ...segments].join('/')

const ignored: Filter = { label: '', parameters: [], select: () => everyRow }

const filtersOf =
  ({ settings }: Instance, { filters, customFilters }: Resource, extended: boolean) =>
  (name: string): Filter | undefined =>
    filters.get(name) ??
    (extended ? customFilters.get(name) : undefined) ??
    (settings.unknownFilter === 'ignore' && /^by[A-Z]/.test(name) ? ignored : undefined)

/** What hangs on one record. */
const partOf = (resource: Resource, [part = '', subKey, ...beyond]: readonly string[]): Shape | undefined => {
  if (part === 'location' && subKey === undefined && resource.name === 'profile') return 'location'
  if (part !== 'subscriptions' || !resource.hasSubscriptions || beyond.length > 0) return undefined
  return subKey === undefined ? 'subscriptions' : subKey === '_count' ? 'subscriptionCount' : 'subscription'
}

/** The segments after `/<organization>/campaign`, decoded. Undefined where no URL of Campaign looks like that. */
export const findRoute = (
  instance: Instance,
  segments: readonly string[],
  query: URLSearchParams,
  body: Buffer | string,
): Route | undefined => {
  const [first = '', name = '', ...given] = segments
  const api = apiNamed(first)
  const resource = instance.resources.get(name)
  if (!api || !resource?.apis.includes(api)) return undefined
  const extended = api !== 'profileAndServices'
  const call: Call = {
    resource,
    api,
    extended,
    endpoint: endpointOf(segments),
    query,
    body,
    collection: [name],
    filters: [],
    attribute: undefined,
    key: '',
    subKey: '',
  }
  const findFilter = filtersOf(instance, resource, extended)
  // Adobe's own client sends `byText%2FbyEmail` for two filters.
  const rest = given.flatMap((segment) => {
    const parts = segment.split('/')
    return parts.every(findFilter) ? parts : [segment]
  })
  const record = (key: string, parts: readonly string[]): Route | undefined => {
    const shape = parts.length === 0 ? 'record' : partOf(resource, parts)
    return shape && { shape, call: { ...call, key, subKey: parts[1] ?? '' } }
  }
  const [key = '', ...parts] = rest
  const isKey = instance.settings.keyFirst && resource.keyApis.includes(api) && resource.table.withKey(key)
  if (key.startsWith('@') || isKey) return record(key, parts)

  const filters: Filter[] = []
  for (const segment of rest) {
    const filter = findFilter(segment)
    if (!filter) break
    filters.push(filter)
  }
  const collection = [name, ...rest.slice(0, filters.length)]
  const [next, ...beyond] = rest.slice(filters.length)
  if (next === undefined) return { shape: 'collection', call: { ...call, collection, filters } }
  if (beyond.length === 0 && next === '_count')
    return { shape: 'count', call: { ...call, collection, filters } }
  if (
    isShown(resource, next, extended) &&
    (beyond.length === 0 || (beyond.length === 1 && beyond[0] === '_count'))
  ) {
    const projected = { ...call, collection: [...collection, next], filters, attribute: next }
    return { shape: beyond.length === 0 ? 'collection' : 'count', call: projected }
  }
  if (filters.length > 0) return undefined
  if (next === 'metadata' && beyond.length === 0) return { shape: 'metadata', call }
  return record(next, beyond)
}
