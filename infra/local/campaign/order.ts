// `_order=email`, `_order=email%20desc`: AdobeDocs campaign-standard.en sorting. Only what metadata calls
// sortable; the order of texts by code unit, and of equals by creation, is inferred.
import type { Attribute } from './attribute.ts'
import type { Instance } from './instance.ts'
import type { Resource } from './resource.ts'
import type { Row } from './table.ts'
import type { Read } from './value.ts'

export type Order = { keyOf: (row: Row) => string | number | boolean; isDescending: boolean }

const times = new Set(['created', 'lastModified'])

export const isSortable = ({ attributes }: Resource, { name }: Attribute): boolean =>
  times.has(name) ||
  attributes.scalars.some((one) => one.name === name) ||
  attributes.extendedScalars.some((one) => one.name === name)

const readerOf = (attribute: Attribute) => (row: Row) =>
  attribute.name === 'created'
    ? row.created
    : attribute.name === 'lastModified'
      ? row.lastModified
      : (row.stored[attribute.name] ?? attribute.empty)

/** Undefined where no order is asked for, or where the setting `unsortable` ignores it. */
export const readOrder = (
  { settings, errors }: Instance,
  resource: Resource,
  extended: boolean,
  query: URLSearchParams,
): Read<Order | undefined> => {
  const given = query.get('_order')
  if (given === null) return { value: undefined }
  const [, name = '', direction] = /^(\S+?)(?:\s+(asc|desc))?$/.exec(given.trim()) ?? []
  const attribute = resource.attributes.byName.get(name)
  if (attribute && isSortable(resource, attribute) && (extended || !attribute.extended)) {
    return { value: { keyOf: readerOf(attribute), isDescending: direction === 'desc' } }
  }
  return settings.unsortable === 'ignore'
    ? { value: undefined }
    : { refusal: errors.failure(`The '_order' parameter '${given}' is not valid.`) }
}

export const sortRows = (rows: Iterable<Row>, { keyOf, isDescending }: Order): Row[] => {
  const sign = isDescending ? -1 : 1
  return [...rows].sort((left, right) => {
    const [one, other] = [keyOf(left), keyOf(right)]
    return one === other ? left.id - right.id : one < other ? -sign : sign
  })
}
