// The emulated instance is extended the way mappings.ts says that the user's own one is.
import type { Mappings } from '../../functions/change/mapping.ts'
import type { SettingsChange } from './campaign/settings.ts'

/** mappings.ts does not say where its links lead: here they all lead to one resource. */
const LINKED = 'cusLinked'

/** Custom attributes, what they link to, and filters, as the emulator's settings name them. */
export const instanceOf = ({ attributes, filters = {} }: Mappings): SettingsChange => ({
  customFields: Object.fromEntries(
    Object.entries(attributes).map(([name, { type }]) => [name, fieldOf(type)]),
  ),
  ...(Object.values(attributes).some(({ type }) => type === 'link') && {
    customResources: { [LINKED]: { key: 'name', fields: { name: 'string' } } },
  }),
  filters: Object.fromEntries(
    Object.entries(filters).map(([attribute, { name, parameter }]) => [name, { attribute, parameter }]),
  ),
})

const fieldOf = (type: Mappings['attributes'][string]['type']) => {
  if (type === 'link') return { link: LINKED }
  return type === 'text' || type === 'email' || type === 'enumeration' ? 'string' : type
}
