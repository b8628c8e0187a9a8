// A profile as the API shows it. Keys and defaults: answers of live instances (ethyca/fides, the 2019
// "Managing profiles" page); links as {PKey, href, title} (AdobeDocs retrieving-an-organizational-unit).
import type { Value } from './attributes.ts'
import { ageAt, showTime } from './dates.ts'
import type { Instance } from './instance.ts'
import { showOrgUnitLink } from './org-units.ts'
import { type Profile, textOf } from './profiles.ts'

export const apiName = (extended: boolean) => (extended ? 'profileAndServicesExt' : 'profileAndServices')

/** The key and address under which an answer names the record. */
export const nameProfile = (instance: Instance, profile: Profile, extended: boolean) => {
  const PKey = instance.keys.write('profile', profile.id, 'record', instance.settings.unstablePKeys)
  return { PKey, href: `${instance.root()}/${apiName(extended)}/profile/${PKey}` }
}

/** The part after the last @. */
const domainOf = (email: string) => (email.includes('@') ? email.slice(email.lastIndexOf('@') + 1) : '')

const titleOf = (profile: Profile) => {
  const email = textOf(profile, 'email')
  return [textOf(profile, 'firstName'), textOf(profile, 'lastName'), email && `(${email})`]
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

export const showProfile = (
  instance: Instance,
  profile: Profile,
  extended: boolean,
): Record<string, unknown> => {
  const { attributes, keys, settings, time } = instance
  const { stored } = profile
  const { PKey, href } = nameProfile(instance, profile, extended)
  const scalars: Record<string, Value> = {}
  for (const { name, empty } of attributes.scalars) scalars[name] = stored[name] ?? empty
  const location: Record<string, Value> = {}
  for (const member of attributes.locationMembers) location[member] = stored[`location.${member}`] ?? ''
  const subscriptions = keys.write('profile', profile.id, 'subscriptions', settings.unstablePKeys)
  const shown = {
    PKey,
    href,
    ...scalars,
    age: ageAt(textOf(profile, 'birthDate'), time.now()),
    created: showTime(profile.created),
    cryptedId: keys.cryptedId(profile.id),
    domain: domainOf(textOf(profile, 'email')),
    isExternal: false,
    lastModified: showTime(profile.lastModified),
    location,
    postalAddress,
    subscriptions: {
      href: `${instance.root()}/${apiName(extended)}/profile/${subscriptions}/subscriptions/`,
    },
    title: titleOf(profile),
  }
  if (!extended) return shown
  const custom: Record<string, Value> = {}
  for (const { name, empty } of attributes.extendedScalars) custom[name] = stored[name] ?? empty
  const { orgUnit } = stored
  return {
    ...shown,
    acsId: '',
    geoUnit: null,
    orgUnit: typeof orgUnit === 'number' ? showOrgUnitLink(instance, orgUnit) : null,
    ...custom,
  }
}
