// The resource `profile`: AdobeDocs campaign-standard.en datamodel-profile.
import type { Value } from './attribute.ts'
import { ageAt } from './dates.ts'
import type { Instance } from './instance.ts'
import { kinds } from './keys.ts'
import { profileAttributes } from './profile-attributes.ts'
import { profileFilters } from './profile-filters.ts'
import { allVerbs, type Resource } from './resource.ts'
import type { Settings } from './settings.ts'
import { type Row, type Table, textOf } from './table.ts'

/** The part after the last @. */
const domainOf = (email: string) => (email.includes('@') ? email.slice(email.lastIndexOf('@') + 1) : '')

const titleOf = (row: Row) => {
  const email = textOf(row, 'email')
  return [textOf(row, 'firstName'), textOf(row, 'lastName'), email && `(${email})`]
    .filter((part) => part !== '')
    .join(' ')
}

/** That a profile without an address check shows exactly these is inferred; Adobe does not say how the lines are formed. */
const postalAddress = {
  addrDefined: false,
  addrErrorCount: 0,
  addrLastCheck: '',
  addrQuality: '0',
  line1: '',
  line2: '',
  line3: '',
  line4: '',
  line5: '',
  line6: '',
  serialized: '',
}

export const showLocation = ({ attributes }: Resource, row: Row): Record<string, Value> => {
  const location: Record<string, Value> = {}
  for (const member of attributes.locationMembers) location[member] = row.stored[`location.${member}`] ?? ''
  return location
}

export const profileResource = (settings: Settings, table: Table): Resource => {
  const resource: Resource = {
    name: 'profile',
    label: 'Profiles',
    help: 'Identified profiles',
    schema: 'nms:recipient',
    kind: kinds.profile,
    apis: ['profileAndServices', 'profileAndServicesExt'],
    verbs: allVerbs,
    attributes: profileAttributes(settings),
    table,
    keyName: settings.businessKey,
    keyApis: ['profileAndServicesExt'],
    filters: new Map(profileFilters),
    customFilters: new Map(),
    hasSubscriptions: true,
    titleOf,
    derive: ({ keys, time }: Instance, row: Row) => ({
      age: ageAt(textOf(row, 'birthDate'), time.now()),
      cryptedId: keys.cryptedId(row.id),
      domain: domainOf(textOf(row, 'email')),
      isExternal: false,
      location: showLocation(resource, row),
      postalAddress,
    }),
    shownInLinks: ['email', 'firstName', 'lastName'],
  }
  return resource
}
