// What mappings.ts means on one machine: how the emulated instance was extended, and events of any tenant.
import type { Mappings } from '../../functions/change/mapping.ts'
import { mappings as shippedMappings } from '../../functions/change/mappings.ts'

/** What the emulated instance was extended with: the attributes that mappings.ts declares. */
export const customFieldsOf = ({ attributes }: Mappings) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { type }]) => [
      name,
      type === 'text' || type === 'email' || type === 'enumeration' ? ('string' as const) : type,
    ]),
  )

/** The filters that mappings.ts says the instance has, as the emulator's settings name them. */
export const filtersOf = ({ filters = {} }: Mappings) =>
  Object.fromEntries(
    Object.entries(filters).map(([attribute, { name, parameter }]) => [name, { attribute, parameter }]),
  )

/** What ships, with events of any tenant taken: nobody's own account id is known here. */
export const localMappings: Mappings = {
  ...shippedMappings,
  sources: Object.fromEntries(
    Object.entries(shippedMappings.sources).map(([name, source]) => [
      name,
      'tenants' in source ? { ...source, tenants: 'any' } : source,
    ]),
  ),
}
