// The profile's attributes: the stock ones of Adobe's data model and the custom fields of the settings.
// Source: profile-attributes.json, which names its own for each attribute.
import stockAttributes from './profile-attributes.json' with { type: 'json' }
import type { CustomType } from './settings.ts'

export type Value = string | number | boolean
export type AttributeType = CustomType | 'enumeration' | 'link' | 'object' | 'other'

export type Attribute = {
  name: string
  type: AttributeType
  /** Nothing documents the `…LastModified` times and `postalAddress` as writable: they are inferred read-only. */
  writable: boolean
  /** Reachable through profileAndServicesExt only. */
  extended: boolean
  maxLength: number | undefined
  /** Undefined where any text passes: no source lists the values of preferredLanguage. */
  values: ReadonlySet<string> | undefined
  empty: Value
}

export type Attributes = {
  byName: ReadonlyMap<string, Attribute>
  /** Stored values that an answer shows as they are. */
  scalars: readonly Attribute[]
  extendedScalars: readonly Attribute[]
  locationMembers: readonly string[]
  /** Consent flag → the times that its change sets. */
  stampsOf: ReadonlyMap<string, readonly string[]>
}

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

const shown = stockAttributes.filter((stock) => stock.inObservedApiResponse && !stock.name.includes('<'))

const stock: readonly Attribute[] = shown.map((given) => ({
  name: given.name,
  type: typeOf(given.type),
  writable: given.readOnly === false,
  extended: given.endpoint === 'profileAndServicesExt',
  maxLength: given.maxLength,
  values: given.enum && given.enum.length > 1 ? new Set(given.enum) : undefined,
  empty: given.emptyValue ?? '',
}))

/** Known to the data model, never shown by the API: refused as read-only, not as unknown (inferred). */
const hidden: readonly Attribute[] = stockAttributes
  .filter((given) => !given.inObservedApiResponse)
  .map((given) => ({
    name: given.name,
    type: 'other',
    writable: false,
    extended: false,
    maxLength: undefined,
    values: undefined,
    empty: '',
  }))

const emptyOf = (type: CustomType): Value =>
  type === 'boolean' ? false : type === 'number' || type === 'integer' ? 0 : ''

const isScalar = ({ name, type }: Attribute) =>
  !computed.has(name) && !name.includes('.') && !['link', 'object', 'other'].includes(type)

const stampsOf = new Map(
  stock
    .filter(({ type }) => type === 'boolean')
    .map(({ name }): [string, string[]] => [
      name,
      // blackListAllLastModified has no flag of its own name; that it belongs to blackList is inferred.
      [`${name}LastModified`, ...(name === 'blackList' ? ['blackListAllLastModified'] : [])].filter((stamp) =>
        stock.some((attribute) => attribute.name === stamp),
      ),
    ])
    .filter(([, stamps]) => stamps.length > 0),
)

export const readAttributes = (customFields: Record<string, CustomType>): Attributes => {
  const custom = Object.entries(customFields).map(
    ([name, type]): Attribute => ({
      name,
      type,
      writable: true,
      extended: true,
      maxLength: undefined,
      values: undefined,
      empty: emptyOf(type),
    }),
  )
  const all = [...stock, ...hidden, ...custom]
  const scalars = all.filter(isScalar)
  return {
    byName: new Map(all.map((attribute) => [attribute.name, attribute])),
    scalars: scalars.filter(({ extended }) => !extended),
    extendedScalars: scalars.filter(({ extended }) => extended),
    locationMembers: stock
      .filter(({ name }) => name.startsWith('location.'))
      .map(({ name }) => name.slice('location.'.length)),
    stampsOf,
  }
}
