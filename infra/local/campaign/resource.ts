// A resource: what the engine knows of profiles, services, units and custom resources alike.
import type { Attributes } from './attribute.ts'
import type { Filter } from './filter.ts'
import type { Instance } from './instance.ts'
import type { Row, Table } from './table.ts'

/** The names of the API that a URL starts with (AdobeDocs campaign-standard.en endpoints, interacting-with-custom-resources). */
export type Api = 'profileAndServices' | 'profileAndServicesExt' | 'customResources'

export type Resource = {
  name: string
  /** As metadata and errors show it. */
  label: string
  help: string
  schema: string
  /** Makes its PKeys its own. */
  kind: number
  apis: readonly Api[]
  verbs: ReadonlySet<string>
  attributes: Attributes
  table: Table
  /** The attribute whose value stands for the PKey in a URL, and where. */
  keyName: string | null
  keyApis: readonly Api[]
  filters: ReadonlyMap<string, Filter>
  /** Those of the settings, by the names that the dialect calls them; not on profileAndServices. */
  customFilters: ReadonlyMap<string, Filter>
  hasSubscriptions: boolean
  titleOf: (row: Row) => string
  /** What an answer shows besides the stored values. */
  derive: (instance: Instance, row: Row) => Record<string, unknown>
  /** What a link to it shows besides PKey, href and title. */
  shownInLinks: readonly string[]
}

export const allVerbs: ReadonlySet<string> = new Set(['GET', 'POST', 'PATCH', 'DELETE'])

/** `Sport Newsletter (SVC1)`, `All (all)`: samples of AdobeDocs perform-subscriptions, retrieving-an-organizational-unit. */
export const labelAndName = (row: Row): string => {
  const { label = '', name = '' } = row.stored
  return `${label} (${name})`.trim()
}
