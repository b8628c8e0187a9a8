// Custom resources of the settings: `cus…` under profileAndServicesExt when they are linked to the profile,
// else under customResources (AdobeDocs campaign-standard.en custom-resources, interacting-with-custom-resources).
import { attribute, customAttribute, gather } from './attribute.ts'
import { allVerbs, type Resource } from './resource.ts'
import type { CustomResource } from './settings.ts'
import { type Table, textOf } from './table.ts'

const computed = ['PKey', 'href', 'created', 'lastModified', 'title']

/** The title of a record is its key, inferred: Adobe lets the title be configured. */
export const customResource = (name: string, given: CustomResource, kind: number, table: Table): Resource => {
  const fields = Object.entries(given.fields).map(([field, type]) => customAttribute(field, type))
  const { key, linkedToProfile } = given
  const apis = linkedToProfile ? (['profileAndServicesExt'] as const) : (['customResources'] as const)
  const label = name.slice('cus'.length)
  return {
    name,
    label,
    help: label,
    schema: `cus:${label.charAt(0).toLowerCase()}${label.slice(1)}`,
    kind,
    apis,
    verbs: allVerbs,
    attributes: gather(
      [...computed.map((one) => attribute(one, 'string', { writable: false })), ...fields],
      new Set(computed),
    ),
    table,
    keyName: key,
    keyApis: apis,
    filters: new Map(),
    customFilters: new Map(),
    hasSubscriptions: false,
    titleOf: (row) => (key === null ? '' : textOf(row, key)),
    derive: () => ({}),
    shownInLinks: [],
  }
}
