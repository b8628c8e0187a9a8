// How a CRM's fields become Campaign's attributes: what a user may write in mappings.ts.
import type { AttributeDefinition, Dialect } from './profile.ts'

/** Makes a CRM's text presentable before its type is read. Pure. */
export type Normaliser = (text: string) => string

/**
 * An attribute's name, or more about it. Normalisers run in order, after trimming. `optIn` belongs to consent: the CRM's
 * field is trusted to say that a person has opted in again, and not merely to have been reset; without it only opt-outs
 * are taken.
 */
export type FieldMapping =
  | string
  | {
      readonly attribute: string
      readonly normalise?: readonly Normaliser[]
      readonly optIn?: 'explicit'
    }

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
  /** What a merge of two contacts in the CRM does: `park` (the default) puts it aside for a person. */
  readonly merges?: 'park' | 'ignore'
  /**
   * The `source` values of the EventBridge events that are this source's, to the letter. An empty list: its messages are
   * put straight into the inbox. Without it nothing is taken for this source but what it signed, at /webhooks/<name>.
   */
  readonly bus?: readonly string[]
  /** ISO 3166 country that phone numbers without a country code belong to: turns E.164 on for phone attributes. */
  readonly phoneRegion?: string
}

/** Whose value stands: the newest one; or, with `fill`, the first to arrive, written only while Campaign holds nothing. */
export const OWNERS = ['newest', 'fill'] as const
export type Owner = (typeof OWNERS)[number]

/** What may be declared of an instance's own attributes: organizational units are Campaign's. */
export type DeclaredAttribute = Exclude<AttributeDefinition, { readonly type: 'unit' }>

/** A custom filter: its name, `by…` as Campaign Standard has it, and the parameter that takes the value. */
export type CustomFilter = { readonly name: string; readonly parameter: string }

export type Mappings = {
  readonly sources: Readonly<Record<string, SourceMapping>>
  /** The source of messages put straight into the inbox that name none by their attribute `source`; one with `bus`. */
  readonly inbox?: string
  /** The types of the instance's own `cus…` attributes. */
  readonly attributes: Readonly<Record<string, DeclaredAttribute>>
  /** Per attribute, `newest` where nothing is said. Consent has no owner. */
  readonly owners?: Readonly<Record<string, Owner>>
  /** Attribute → the custom filter of the instance that finds profiles by it; they can then be matched by it. */
  readonly filters?: Readonly<Record<string, CustomFilter>>
  /** The name of the organizational unit of profiles that are created, where their changes name none. Not on v8. */
  readonly orgUnit?: string
}

/** EventBridge's `source` to the name of ours that it belongs to: what is in none is not taken from the bus. */
export const busSourcesOf = ({ sources }: Mappings): ReadonlyMap<string, string> =>
  new Map(Object.entries(sources).flatMap(([name, { bus = [] }]) => bus.map((sender) => [sender, name])))

/** With the named sources only: a stage need not take all. All where none is named. */
export const withSources = (mappings: Mappings, names: readonly string[] = []): Mappings => {
  if (names.length === 0) return mappings
  const { inbox, ...rest } = mappings
  const sources = Object.entries(mappings.sources).filter(([name]) => names.includes(name))
  return {
    ...rest,
    sources: Object.fromEntries(sources),
    ...(inbox !== undefined && names.includes(inbox) && { inbox }),
  }
}

/** Whether the organizational units of Campaign are needed whatever senders set. */
export const needsOrgUnits = ({ orgUnit, sources }: Mappings): boolean =>
  orgUnit !== undefined ||
  Object.values(sources).some((source) =>
    Object.keys(source.fields ?? {}).some((field) => fieldOf(source, field)?.attribute === 'orgUnit'),
  )

/** The attributes that are written only while Campaign holds nothing. */
export const filledOnly = ({ owners = {} }: Mappings): ReadonlySet<string> =>
  new Set(Object.keys(owners).filter((attribute) => owners[attribute] === 'fill'))

/** Attribute to custom filter, each named as the dialect in use calls it. */
export type Filters = ReadonlyMap<string, CustomFilter>

/** What profiles can be matched by, besides PKey and email. */
export type MatchBy = { readonly businessKey: string | undefined; readonly filters: Filters }

/** The attribute a CRM field goes to, or undefined where the mapping does not name the field. */
export const fieldOf = (
  mapping: SourceMapping,
  field: string,
):
  | {
      readonly attribute: string
      readonly normalise: readonly Normaliser[]
      readonly optIn: 'explicit' | undefined
    }
  | undefined => {
  if (!mapping.fields || !Object.hasOwn(mapping.fields, field)) return undefined
  const given = mapping.fields[field]
  if (given === undefined) return undefined
  return typeof given === 'string'
    ? { attribute: given, normalise: [], optIn: undefined }
    : { attribute: given.attribute, normalise: given.normalise ?? [], optIn: given.optIn }
}

/** The custom filters of mappings.ts. v8 has dropped the `by` of their names (campaign.en limitations). */
export const filtersOf = ({ filters = {} }: Mappings, dialect: Dialect): Filters =>
  new Map(
    Object.entries(filters).map(([attribute, { name, parameter }]) => [
      attribute,
      { name: dialect === 'v8' ? withoutBy(name) : name, parameter },
    ]),
  )

/** `loyaltyId` of `byLoyaltyId`: that a migrated filter begins with a small letter is inferred. */
export const withoutBy = (name: string): string => `${name.charAt(2).toLowerCase()}${name.slice(3)}`

/** Whether profiles can be matched by this attribute. */
export const isMatchAttribute = (attribute: string, { businessKey, filters }: MatchBy): boolean =>
  attribute === 'PKey' || attribute === 'email' || attribute === businessKey || filters.has(attribute)

/** The attributes a profile can be matched by, for a sentence. */
export const matchAttributes = ({ businessKey, filters }: MatchBy): string =>
  ['PKey', 'email', ...(businessKey === undefined ? [] : [businessKey]), ...filters.keys()].join(', ')
