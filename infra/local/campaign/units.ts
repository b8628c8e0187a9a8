// Organizational and geographical units: one of each, `All`, as on a new instance, and those of the settings.
// AdobeDocs campaign-standard.en retrieving-an-organizational-unit, retrieving-a-geographical-unit and the
// pages on updating both. Adobe describes neither creating nor deleting them, so they only read and update.
import { attribute, gather } from './attribute.ts'
import { byTextIn } from './filter.ts'
import { kinds } from './keys.ts'
import { labelAndName, type Resource } from './resource.ts'
import type { OrgUnit } from './settings.ts'
import { type Table, textOf } from './table.ts'

const all = [
  attribute('PKey', 'string', { writable: false }),
  attribute('href', 'string', { writable: false }),
  attribute('created', 'datetime', { writable: false }),
  attribute('lastModified', 'datetime', { writable: false }),
  attribute('title', 'string', { writable: false }),
  attribute('parentTitle', 'string', { writable: false }),
  attribute('desc', 'string'),
  attribute('label', 'string'),
  attribute('name', 'string'),
]

const computed = new Set(['PKey', 'href', 'created', 'lastModified', 'title'])
const created = Date.UTC(2019, 3, 2)

/** Puts the unit `All` where it was: its PKey survives a reset, as it would on an instance. */
export const plantUnit = (table: Table): void => {
  const stored = { label: 'All', name: 'all' }
  const [first] = table.after()
  if (first) table.change(first, stored, created)
  else table.add(stored, created, created)
}

/** Puts the units of the settings beside `All`: one that is there already keeps its PKey, one no longer named is gone. */
export const plantOrgUnits = (table: Table, units: readonly OrgUnit[]): void => {
  const [, ...others] = table.after()
  const wanted = [...units]
  for (const row of others) {
    const at = wanted.findIndex(({ name }) => name === textOf(row, 'name'))
    const [unit] = at < 0 ? [] : wanted.splice(at, 1)
    if (unit) table.change(row, { ...row.stored, ...unit }, created)
    else table.remove(row)
  }
  for (const unit of wanted) table.add(unit, created, created)
}

const unitResource = (name: string, label: string, kind: number, table: Table): Resource => ({
  name,
  label,
  help: label,
  schema: `nms:${name}`,
  kind,
  apis: ['profileAndServicesExt'],
  verbs: new Set(['GET', 'PATCH']),
  attributes: gather(all, computed),
  table,
  keyName: null,
  keyApis: [],
  filters: new Map([['byText', byTextIn('By name or label', ['name', 'label'])]]),
  customFilters: new Map(),
  hasSubscriptions: false,
  titleOf: labelAndName,
  derive: () => ({}),
  shownInLinks: [],
})

export const orgUnitResource = (table: Table) =>
  unitResource('orgUnitBase', 'Organizational units', kinds.orgUnit, table)

export const geoUnitResource = (table: Table) =>
  unitResource('geoUnitBase', 'Geographical units', kinds.geoUnit, table)
