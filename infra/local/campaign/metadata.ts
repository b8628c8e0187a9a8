// What the API tells of itself: attributes and filters of a resource, and the linked custom resources.
// AdobeDocs campaign-standard.en metadata-mechanism, filtering, sorting, custom-resources. Those pages print
// the shape and leave most values out: categories, technical types and conditions here are inferred.
import { type HttpAnswer, jsonAnswer } from './answer.ts'
import type { Attribute } from './attribute.ts'
import { policyOf } from './data-policy.ts'
import type { Filter } from './filter.ts'
import type { Instance } from './instance.ts'
import { kinds } from './keys.ts'
import { isSortable } from './order.ts'
import type { Api, Resource } from './resource.ts'

const technicalTypes: Record<string, string> = {
  integer: 'long',
  number: 'double',
  enumeration: 'byte',
  object: 'element',
}

const showAttribute = ({ settings }: Instance, resource: Resource, one: Attribute) => ({
  apiName: one.name,
  type: one.type === 'integer' ? 'number' : one.type === 'other' ? 'collection' : one.type,
  dataPolicy: policyOf(settings, one.name),
  category: 'general',
  resType: technicalTypes[one.type] ?? one.type,
  ...(one.target !== undefined && { resTarget: one.target }),
  ...(one.values && { values: Object.fromEntries([...one.values].map((name) => [name, { name }])) }),
  ...(one.maxLength !== undefined && { length: one.maxLength }),
  sortable: isSortable(resource, one),
})

const describe = (instance: Instance, resource: Resource, api: Api) => {
  const { keys, root } = instance
  const extended = api !== 'profileAndServices'
  const shown = [...resource.attributes.byName.values()].filter(
    (one) => !one.name.includes('.') && (extended || !one.extended),
  )
  const key = keys.write(kinds.resourceType, resource.kind)
  return {
    content: Object.fromEntries(shown.map((one) => [one.name, showAttribute(instance, resource, one)])),
    data: `/${api}/${resource.name}/`,
    filters: { href: `${root()}/${api}/resourceType/${key}/filters/` },
    help: resource.help,
    href: `${root()}/${api}/${resource.name}/metadata`,
    label: resource.label,
    mandatory: false,
    name: resource.name,
    pkgStatus: 'never',
    readOnly: !resource.verbs.has('PATCH'),
    schema: resource.schema,
    type: 'item',
  }
}

export const readMetadata = (instance: Instance, resource: Resource, api: Api): HttpAnswer =>
  jsonAnswer(200, describe(instance, resource, api))

const showFilter = (
  { keys }: Instance,
  resource: Resource,
  api: Api,
  name: string,
  filter: Filter,
  place: number,
) => ({
  PKey: keys.write(kinds.filter, resource.kind * 1000 + place),
  category: '99_none',
  condition: {},
  data: `/${api}/${resource.name}/${name}?${filter.parameters.map((one) => `${one}=$value`).join('&')}`,
  formType: 'none',
  fragmentName: '',
  label: filter.label,
  metadata: Object.fromEntries(filter.parameters.map((one) => [one, { apiName: one, type: 'string' }])),
})

/** `resourceType/<PKEY>/filters/`, keyed by the names as this dialect calls them. */
export const readFilters = (instance: Instance, key: string, api: Api): HttpAnswer | undefined => {
  const kind = instance.keys.read(kinds.resourceType, key)
  const resource = [...instance.resources.values()].find((one) => one.kind === kind && one.apis.includes(api))
  if (!resource) return undefined
  const custom = api === 'profileAndServices' ? [] : resource.customFilters
  return jsonAnswer(
    200,
    Object.fromEntries(
      [...resource.filters, ...custom].map(([name, filter], place) => [
        name,
        showFilter(instance, resource, api, name, filter, place),
      ]),
    ),
  )
}

/** `GET /profileAndServicesExt/`: the custom resources of an API. */
export const listCustomResources = (instance: Instance, api: Api): HttpAnswer => {
  const custom = [...instance.resources.values()].filter(
    ({ name, apis }) => name.startsWith('cus') && apis.includes(api),
  )
  return jsonAnswer(200, {
    apiName: 'resourceType',
    ...Object.fromEntries(
      custom.map((resource) => {
        const { content, data, help, href, name } = describe(instance, resource, api)
        return [name, { content, data, help, href, name, type: 'collection' }]
      }),
    ),
  })
}
