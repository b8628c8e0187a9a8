// Which resources the instance has, by dialect and settings.
import { customResource } from './custom-resources.ts'
import { byValue, type Filter } from './filter.ts'
import { firstCustomKind } from './keys.ts'
import { profileResource } from './profiles.ts'
import type { Resource } from './resource.ts'
import { serviceResource } from './services.ts'
import type { Settings } from './settings.ts'
import { createTable, type Table } from './table.ts'
import { geoUnitResource, orgUnitResource, plantUnit } from './units.ts'

/** Tables outlive a change of the settings; a kind is never given twice. */
export type Tables = { of: (name: string) => Table; kindOf: (name: string) => number; clear: () => void }

const units = ['orgUnitBase', 'geoUnitBase']

export const createTables = (): Tables => {
  const tables = new Map<string, Table>()
  const kinds = new Map<string, number>()
  const of = (name: string) => {
    const table = tables.get(name) ?? createTable()
    if (!tables.has(name) && units.includes(name)) plantUnit(table)
    tables.set(name, table)
    return table
  }
  return {
    of,
    kindOf: (name) => {
      const kind = kinds.get(name) ?? firstCustomKind + kinds.size
      kinds.set(name, kind)
      return kind
    },
    clear: () => {
      for (const [name, table] of tables) {
        if (units.includes(name)) plantUnit(table)
        else table.clear()
      }
    },
  }
}

/**
 * In v8 a custom filter is called by its "Filter name in REST API", without `by` (AdobeDocs campaign.en
 * limitations). That a migrated `byLoyaltyId` becomes `LoyaltyId` or `loyaltyId` is inferred: both are served.
 * Stock filters keep their `by`: the same manual's page on filtering calls byText and byChannel.
 */
const namesOf = (name: string, dialect: Settings['dialect']): string[] => {
  if (dialect === 'standard' || !/^by[A-Z]/.test(name)) return [name]
  const bare = name.slice('by'.length)
  return [bare, bare.charAt(0).toLowerCase() + bare.slice(1)]
}

/** Custom filters exist on profileAndServicesExt and for custom resources only. */
const customFilters = ({ filters, dialect }: Settings, resource: string): [string, Filter][] =>
  Object.entries(filters)
    .filter(([, filter]) => (filter.resource ?? 'profile') === resource)
    .flatMap(([name, { attribute, parameter }]) =>
      namesOf(name, dialect).map((called): [string, Filter] => [
        called,
        byValue(`By ${attribute}`, attribute, parameter),
      ]),
    )

/** Organizational units are gone in v8. */
export const readResources = (settings: Settings, tables: Tables): ReadonlyMap<string, Resource> => {
  const custom = Object.entries(settings.customResources).map(([name, given]) =>
    customResource(name, given, tables.kindOf(name), tables.of(name)),
  )
  const all = [
    profileResource(settings, tables.of('profile')),
    serviceResource(tables.of('service')),
    geoUnitResource(tables.of('geoUnitBase')),
    ...(settings.dialect === 'standard' ? [orgUnitResource(tables.of('orgUnitBase'))] : []),
    ...custom,
  ]
  return new Map(
    all.map((resource) => [
      resource.name,
      { ...resource, customFilters: new Map(customFilters(settings, resource.name)) },
    ]),
  )
}
