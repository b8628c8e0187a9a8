// The profile's attributes: the stock ones of Adobe's data model and the custom fields of the settings.
// Source: profile-attributes.json, which names its own for each attribute.
import {
  type Attribute,
  type Attributes,
  type AttributeType,
  attribute,
  customAttribute,
  gather,
} from './attribute.ts'
import stockAttributes from './profile-attributes.json' with { type: 'json' }
import type { Settings } from './settings.ts'

const computed = new Set([
  'PKey',
  'acsId',
  'age',
  'created',
  'cryptedId',
  'domain',
  'href',
  'isExternal',
  'lastModified',
  'title',
])

const typeOf = (text: string): AttributeType => {
  const word = /^\w+/.exec(text)?.[0]
  switch (word) {
    case 'string':
    case 'integer':
    case 'boolean':
    case 'date':
    case 'datetime':
    case 'enumeration':
    case 'link':
    case 'object':
      return word
    default:
      return 'other'
  }
}

/** Nothing documents the `…LastModified` times and `postalAddress` as writable: they are inferred read-only. */
const stock: readonly Attribute[] = stockAttributes
  .filter((given) => given.inObservedApiResponse && !given.name.includes('<'))
  .map((given) =>
    attribute(given.name, typeOf(given.type), {
      writable: given.readOnly === false,
      extended: given.endpoint === 'profileAndServicesExt',
      maxLength: given.maxLength,
      // No source lists the values of preferredLanguage: any text passes unless the settings say which.
      values: given.enum && given.enum.length > 1 ? new Set(given.enum) : undefined,
      empty: given.emptyValue ?? '',
      target: /^link \((\w+)\)/.exec(given.type)?.[1],
    }),
  )

/** Known to the data model, never shown by the API: refused as read-only, not as unknown (inferred). */
const hidden: readonly Attribute[] = stockAttributes
  .filter((given) => !given.inObservedApiResponse)
  .map(({ name }) => attribute(name, 'other', { writable: false }))

const stampsOf = new Map(
  stock
    .filter(({ type }) => type === 'boolean')
    .map(({ name }): [string, string[]] => [
      name,
      // blackListAllLastModified has no flag of its own name; that it belongs to blackList is inferred.
      [`${name}LastModified`, ...(name === 'blackList' ? ['blackListAllLastModified'] : [])].filter((stamp) =>
        stock.some((one) => one.name === stamp),
      ),
    ])
    .filter(([, stamps]) => stamps.length > 0),
)

const locationMembers = stock
  .filter(({ name }) => name.startsWith('location.'))
  .map(({ name }) => name.slice('location.'.length))

/** In v8 timeZone stands in an extended schema and organizational units are gone (AdobeDocs campaign.en limitations). */
const inDialect = (
  { dialect, droppedFields, preferredLanguages, readOnly }: Settings,
  one: Attribute,
): Attribute => ({
  ...one,
  extended: one.extended || (dialect === 'v8' && one.name === 'timeZone'),
  dropped: dialect === 'v8' && droppedFields.includes(one.name),
  writable: one.writable && !readOnly.includes(one.name),
  values:
    one.name === 'preferredLanguage' && preferredLanguages !== null
      ? new Set(['none', ...preferredLanguages])
      : one.values,
})

const read = new WeakMap<Settings, Attributes>()

/** Settings are never changed in place: the same ones have the same attributes. */
export const profileAttributes = (settings: Settings): Attributes => {
  const attributes = read.get(settings) ?? attributesOf(settings)
  read.set(settings, attributes)
  return attributes
}

const attributesOf = (settings: Settings): Attributes => {
  const custom = Object.entries(settings.customFields).map(([name, type]) =>
    customAttribute(name, type, { extended: true }),
  )
  const all = [...stock, ...hidden, ...custom]
    .filter(({ name }) => settings.dialect === 'standard' || name !== 'orgUnit')
    .map((one) => inDialect(settings, one))
  return gather(all, computed, { locationMembers, stampsOf })
}
