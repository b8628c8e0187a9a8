// mappings.ts on one machine: what the emulated instance must have for it, and whose events are taken.
import type { Mappings } from '../../functions/change/mapping.ts'
import { mappings } from '../../functions/change/mappings.ts'
import type { Settings } from './campaign/settings.ts'

/** What an instance would have been extended with: the attributes and the filters that the mappings name. */
export const extensionsOf = ({
  attributes,
  filters = {},
}: Mappings): Pick<Settings, 'customFields' | 'filters'> => ({
  customFields: Object.fromEntries(
    Object.entries(attributes).map(([name, { type }]) => [
      name,
      type === 'text' || type === 'email' || type === 'enumeration' ? ('string' as const) : type,
    ]),
  ),
  filters: Object.fromEntries(
    Object.entries(filters).map(([attribute, { name, parameter }]) => [name, { attribute, parameter }]),
  ),
})

/** What ships, with events of any tenant taken: nobody's own account id is known here. */
export const localMappings: Mappings = {
  ...mappings,
  sources: Object.fromEntries(
    Object.entries(mappings.sources).map(([name, source]) => [
      name,
      'tenants' in source ? { ...source, tenants: 'any' } : source,
    ]),
  ),
}
