// What a Campaign profile is made of: which attributes may be written and what each of them takes.
// From the vendor's data model (campaign-standard.en datamodel-profile, creating-profiles-api, updating-profiles,
// managing-ccpa-opt-out) and one fixture of a live profile; what no source shows as writable is not in WRITABLE.
import { TIME_ZONES } from './time-zones.ts'

/**
 * `maxLength` is in characters; `values` and `empty` (how clearing is spelled) belong to enumerations. A `link` names a
 * record by its PKey, a `unit` an organizational unit by its name; both are text here and `{"PKey":…}` on the wire.
 */
export type AttributeDefinition =
  | { readonly type: 'text' | 'email'; readonly maxLength?: number }
  | { readonly type: 'date' | 'datetime' | 'number' | 'boolean' | 'link' }
  | { readonly type: 'unit' }
  | { readonly type: 'enumeration'; readonly values?: readonly string[]; readonly empty: string }

/** Attribute name to definition. */
export type Attributes = ReadonlyMap<string, AttributeDefinition>

/** The longest email a profile holds (datamodel-profile). */
export const EMAIL_CHARACTERS = 128

const text = (maxLength?: number): AttributeDefinition => ({
  type: 'text',
  ...(maxLength !== undefined && { maxLength }),
})
const boolean: AttributeDefinition = { type: 'boolean' }

const WRITABLE: Record<string, AttributeDefinition> = {
  birthDate: { type: 'date' },
  blackList: boolean,
  blackListEmail: boolean,
  blackListFax: boolean,
  blackListMobile: boolean,
  blackListPhone: boolean,
  blackListPostalMail: boolean,
  blackListPushnotification: boolean,
  ccpaOptOut: boolean,
  email: { type: 'email', maxLength: EMAIL_CHARACTERS },
  emailFormat: { type: 'enumeration', values: ['unknown', 'text', 'html'], empty: 'unknown' },
  externalId: text(100),
  fax: text(32),
  firstName: text(30),
  gender: { type: 'enumeration', values: ['unknown', 'male', 'female'], empty: 'unknown' },
  lastName: text(50),
  'location.address1': text(),
  'location.address2': text(),
  'location.address3': text(),
  'location.address4': text(),
  'location.city': text(),
  'location.countryCode': text(),
  'location.stateCode': text(),
  'location.zipCode': text(),
  middleName: text(30),
  mobilePhone: text(32),
  orgUnit: { type: 'unit' },
  phone: text(32),
  // No source lists the languages an instance knows, so any name is let through.
  preferredLanguage: { type: 'enumeration', empty: 'none' },
  salutation: text(20),
  thumbnail: text(255),
  timeZone: { type: 'enumeration', values: TIME_ZONES, empty: 'none' },
}

/** Attributes Campaign shows but nobody may set: server-made, computed, links and collections, or not known to be writable. */
export const NOT_WRITABLE: ReadonlySet<string> = new Set([
  ...[
    'PKey',
    'acsId',
    'age',
    'country',
    'created',
    'createdBy',
    'cryptedId',
    'domain',
    'emailStatus',
    'geoUnit',
  ],
  ...['href', 'isExternal', 'lastModified', 'modifiedBy', 'stateLink', 'title', 'postalAddress'],
  ...['subscriptions', 'appSubscription', 'excludeLogs', 'logs', 'places', 'subHisto', 'tracking'],
  ...['blackListLastModified', 'blackListAllLastModified', 'blackListEmailLastModified'],
  ...['blackListFaxLastModified', 'blackListMobileLastModified', 'blackListPhoneLastModified'],
  ...['blackListPostalMailLastModified', 'blackListPushnotificationLastModified', 'ccpaOptOutLastModified'],
  ...['addrDefined', 'addrErrorCount', 'addrLastCheck', 'addrQuality', 'serialized'].map(
    (name) => `postalAddress.${name}`,
  ),
  ...['line1', 'line2', 'line3', 'line4', 'line5', 'line6'].map((name) => `postalAddress.${name}`),
])

export const DIALECTS = ['standard', 'v8'] as const
/** Which Campaign answers: Campaign Standard, or Campaign v8 of a customer who was migrated from it. */
export type Dialect = (typeof DIALECTS)[number]

/**
 * The stock attributes and the custom ones this installation has declared. v8 takes no PATCH of a location and has no
 * organizational units (limitations); Standard has them on the extended API only (updating-profile-organizational-unit).
 */
export const writableAttributes = (
  custom: Readonly<Record<string, AttributeDefinition>>,
  dialect: Dialect = 'standard',
  isExtended = true,
): Attributes =>
  new Map(
    [...Object.entries(WRITABLE), ...Object.entries(custom)].filter(([name, { type }]) =>
      type === 'unit'
        ? dialect === 'standard' && isExtended
        : dialect === 'standard' || !name.startsWith('location.'),
    ),
  )

/** Attributes where `true` closes a channel or a use of data: ties go to opted out. */
export const isConsent = (attribute: string): boolean =>
  attribute.startsWith('blackList') || attribute === 'ccpaOptOut'

/** Attributes that hold other attributes, written `location.city` here and `{"location":{"city":…}}` on the wire. */
export const isNested = (attribute: string): boolean => attribute === 'location'
