// mappings.ts on one machine: what the emulated instance must have for it, and whose events are taken.
import type { Mappings } from '../../functions/change/mapping.ts'
import { mappings } from '../../functions/change/mappings.ts'
import type { SettingsChange } from './campaign/settings.ts'

/** mappings.ts does not say where its links lead: here they all lead to one resource. */
const LINKED = 'cusLinked'

/** What an instance would have been extended with: the attributes, what they link to, and the filters of the mappings. */
export const extensionsOf = ({ attributes, filters = {} }: Mappings): SettingsChange => ({
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

/** Played by senders on this machine where mappings.ts has no source of the bus, so that there is one to try. */
const BUS: Pick<Mappings, 'sources' | 'inbox'> = {
  sources: { crm: { kind: 'direct', bus: ['com.example.crm'] } },
  inbox: 'crm',
}

/** The mappings as one machine needs them: with events of any tenant, since nobody's own account id is known here. */
export const toLocalMappings = (given: Mappings): Mappings => {
  const sources = Object.fromEntries(
    Object.entries(given.sources).map(([name, source]) => [
      name,
      'tenants' in source ? { ...source, tenants: 'any' as const } : source,
    ]),
  )
  const hasBus = Object.values(sources).some(({ bus }) => bus !== undefined)
  return hasBus || 'crm' in sources
    ? { ...given, sources }
    : { ...given, ...BUS, sources: { ...sources, ...BUS.sources } }
}

/** What ships, on one machine. */
export const localMappings: Mappings = toLocalMappings(mappings)
