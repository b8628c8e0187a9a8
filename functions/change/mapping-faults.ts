// What is wrong with mappings.ts, said at start and all at once.
import { busFaults } from './bus-faults.ts'
import { filterFaults } from './filter-faults.ts'
import {
  fieldOf,
  filtersOf,
  isMatchAttribute,
  type Mappings,
  type MatchBy,
  matchAttributes,
  type SourceMapping,
} from './mapping.ts'
import { shapeFaults } from './mapping-shape.ts'
import { type Attributes, isConsent, NOT_WRITABLE, writableAttributes } from './profile.ts'

/** Everything that is wrong with the mappings, one sentence each; empty when they can be used. */
export const faultsOf = (mappings: Mappings, businessKey: string | undefined): readonly string[] => {
  const shape = shapeFaults(mappings)
  // What follows reads the mappings as what they are meant to be.
  if (shape.length > 0) return shape
  const attributes = writableAttributes(mappings.attributes)
  const matchBy = { businessKey, filters: filtersOf(mappings, 'standard') }
  return [
    ...Object.keys(mappings.attributes)
      .filter((name) => !/^cus\w{1,27}$/.test(name))
      .map(
        (name) =>
          `attributes.${name}: custom attributes start with "cus" and have at most 30 letters, digits and _`,
      ),
    ...(businessKey !== undefined && !isDeclaredText(mappings, businessKey)
      ? [`attributes.${businessKey}: the business key must be declared here, as text`]
      : []),
    ...Object.keys(mappings.owners ?? {}).flatMap((attribute) => {
      const fault = isConsent(attribute)
        ? 'consent has no owner: the latest word counts, and a tie opts out'
        : attributeFault(attribute, attributes, businessKey)
      return fault === undefined ? [] : [`owners.${attribute}: ${fault}`]
    }),
    ...filterFaults(matchBy, attributes),
    ...busFaults(mappings),
    ...Object.entries(mappings.sources).flatMap(([name, source]) =>
      sourceFaults(source, attributes, matchBy).map((fault) => `sources.${name}.${fault}`),
    ),
  ]
}

/**
 * Mapped fields whose attribute this dialect does not take, and the unit of created profiles where it has none: they are
 * ignored, which is worth a warning at start.
 */
export const ignoredFields = (mappings: Mappings, attributes: Attributes): readonly string[] => [
  ...Object.entries(mappings.sources).flatMap(([name, source]) =>
    Object.keys(source.fields ?? {})
      .filter((field) => !attributes.has(fieldOf(source, field)?.attribute ?? ''))
      .map((field) => `${name}.${field}`),
  ),
  ...(mappings.orgUnit !== undefined && !attributes.has('orgUnit') ? ['orgUnit'] : []),
]

const isDeclaredText = ({ attributes }: Mappings, name: string): boolean =>
  Object.hasOwn(attributes, name) && attributes[name]?.type === 'text'

const sourceFaults = (source: SourceMapping, attributes: Attributes, matchBy: MatchBy): readonly string[] => [
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
    .filter(({ attribute }) => !isMatchAttribute(attribute, matchBy))
    .map(
      ({ attribute }) =>
        `match: ${attribute} cannot be matched by: ${matchAttributes(matchBy)} can, and a text attribute with a custom filter under filters`,
    ),
  ...Object.keys(source.fields ?? {}).flatMap((field) => {
    const { attribute = '', optIn } = fieldOf(source, field) ?? {}
    const fault =
      attributeFault(attribute, attributes, matchBy.businessKey) ??
      (optIn && !isConsent(attribute) ? `${attribute} is no consent, optIn belongs to consent` : undefined)
    return fault === undefined ? [] : [`fields.${field}: ${fault}`]
  }),
]

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
