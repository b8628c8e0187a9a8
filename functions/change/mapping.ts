// How a CRM's fields become Campaign's attributes: what a user may write in mappings.ts, and what is refused at start.
import {
  type AttributeDefinition,
  type Attributes,
  isConsent,
  NOT_WRITABLE,
  writableAttributes,
} from './profile.ts'

/** Makes a CRM's text presentable before its type is read. Pure. */
export type Normaliser = (text: string) => string

/** An attribute's name, or more about it. Normalisers run in order, after trimming. */
export type FieldMapping = string | { readonly attribute: string; readonly normalise?: readonly Normaliser[] }

/** One configured upstream. What beyond `kind` is needed is the kind's to say. */
export type SourceMapping = {
  /** The file in sources/ that knows how this vendor signs and speaks. */
  readonly kind: string
  /** The vendor's account ids whose events are taken; 'any' must be said. */
  readonly tenants?: 'any' | readonly string[]
  /** Which of the event's fields name the profile, ordered, at most four. */
  readonly match?: readonly { readonly field: string; readonly attribute: string }[]
  /** CRM field → Campaign attribute. */
  readonly fields?: Readonly<Record<string, FieldMapping>>
  /** ISO 3166 country that phone numbers without a country code belong to: turns E.164 on for phone attributes. */
  readonly phoneRegion?: string
}

export type Mappings = {
  readonly sources: Readonly<Record<string, SourceMapping>>
  /** The types of the instance's own `cus…` attributes. */
  readonly attributes: Readonly<Record<string, AttributeDefinition>>
}

/** The attribute a CRM field goes to, or undefined where the mapping does not name the field. */
export const fieldOf = (
  mapping: SourceMapping,
  field: string,
): { readonly attribute: string; readonly normalise: readonly Normaliser[] } | undefined => {
  if (!mapping.fields || !Object.hasOwn(mapping.fields, field)) return undefined
  const given = mapping.fields[field]
  if (given === undefined) return undefined
  return typeof given === 'string' ? { attribute: given, normalise: [] } : { normalise: [], ...given }
}

/** Whether profiles can be matched by this attribute. */
export const isMatchAttribute = (attribute: string, businessKey: string | undefined): boolean =>
  attribute === 'PKey' || attribute === 'email' || attribute === businessKey

/** Everything that is wrong with the mappings, one sentence each; empty when they can be used. */
export const faultsOf = (mappings: Mappings, businessKey: string | undefined): readonly string[] => {
  const attributes = writableAttributes(mappings.attributes)
  return [
    ...Object.keys(mappings.attributes)
      .filter((name) => !/^cus\w{1,30}$/.test(name))
      .map(
        (name) => `attributes.${name}: custom attributes start with "cus" and have at most 30 more letters`,
      ),
    ...(businessKey !== undefined && !isDeclaredText(mappings, businessKey)
      ? [`attributes.${businessKey}: the business key must be declared here, as text`]
      : []),
    ...Object.entries(mappings.sources).flatMap(([name, source]) =>
      sourceFaults(source, attributes, businessKey).map((fault) => `sources.${name}.${fault}`),
    ),
  ]
}

const isDeclaredText = ({ attributes }: Mappings, name: string): boolean =>
  Object.hasOwn(attributes, name) && attributes[name]?.type === 'text'

const sourceFaults = (
  source: SourceMapping,
  attributes: Attributes,
  businessKey: string | undefined,
): readonly string[] => [
  ...(/^[a-z][a-z0-9-]*$/.test(source.kind)
    ? []
    : ['kind: is the name of a file in sources/, such as hubspot']),
  // Whether the country exists is seen on first use: the library that knows is not loaded for those who need it not.
  ...(source.phoneRegion === undefined || /^[A-Z]{2}$/.test(source.phoneRegion)
    ? []
    : ['phoneRegion: is an ISO 3166 country code, such as FR or US']),
  ...((source.match?.length ?? 1) < 1 || (source.match?.length ?? 1) > 4
    ? ['match: has one to four entries']
    : []),
  ...(source.match ?? [])
    .filter(({ attribute }) => !isMatchAttribute(attribute, businessKey))
    .map(({ attribute }) => `match: ${attribute} cannot be matched by: ${matchAttributes(businessKey)} can`),
  ...Object.keys(source.fields ?? {}).flatMap((field) => {
    const attribute = fieldOf(source, field)?.attribute ?? ''
    const fault = attributeFault(attribute, attributes, businessKey)
    return fault === undefined ? [] : [`fields.${field}: ${fault}`]
  }),
]

/** The attributes a profile can be matched by, for a sentence. */
export const matchAttributes = (businessKey: string | undefined): string =>
  ['PKey', 'email', ...(businessKey === undefined ? [] : [businessKey])].join(', ')

const attributeFault = (
  attribute: string,
  attributes: Attributes,
  businessKey: string | undefined,
): string | undefined => {
  if (attribute === businessKey) return `${attribute} is the business key: name it under match`
  if (attributes.has(attribute)) return undefined
  if (NOT_WRITABLE.has(attribute)) return `${attribute} cannot be written in Campaign`
  return isConsent(attribute) || !attribute.startsWith('cus')
    ? `${attribute} is no attribute of a profile`
    : `${attribute} is not declared under attributes`
}
