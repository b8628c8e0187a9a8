// What is wrong with the custom filters of mappings.ts: which attributes may have one, and what one may be called.
import { type MatchBy, withoutBy } from './mapping.ts'
import type { Attributes } from './profile.ts'
import { STOCK_FILTERS } from './read/business-key.ts'

/** Everything that is wrong with the filters, one sentence each. They are named as Campaign Standard has them. */
export const filterFaults = (
  { businessKey, filters }: MatchBy,
  attributes: Attributes,
): readonly string[] => {
  const attributeOf = new Map<string, string>()
  return [...filters].flatMap(([attribute, { name, parameter }]) => {
    const first = attributeOf.get(name)
    if (first === undefined) attributeOf.set(name, attribute)
    const faults = [
      [attributeFault(attribute, attributes, businessKey), ''],
      [nameFault(name, first), '.name'],
      [/^\w{1,64}$/.test(parameter) ? undefined : PARAMETER, '.parameter'],
    ]
    return faults.flatMap(([fault, at]) =>
      fault === undefined ? [] : [`filters.${attribute}${at}: ${fault}`],
    )
  })
}

const PARAMETER = 'must be 1 to 64 letters, digits and _, such as loyaltyId_parameter'

const attributeFault = (
  attribute: string,
  attributes: Attributes,
  businessKey: string | undefined,
): string | undefined => {
  if (attribute === 'PKey' || attribute === 'email' || attribute === businessKey)
    return 'needs no filter: PKey, email and the business key are matched by without one'
  return attributes.get(attribute)?.type === 'text'
    ? undefined
    : 'must be a text attribute: one declared under attributes, or a stock one that can be written, such as externalId'
}

const nameFault = (name: string, first: string | undefined): string | undefined => {
  if (!/^by[A-Z]\w{0,61}$/.test(name))
    return 'must be as Campaign Standard has it, such as byLoyaltyId: by, a capital letter, at most 64 letters, digits and _'
  // A stock filter of either dialect, since the same mapping is used after a migration.
  if (isStock(name) || isStock(withoutBy(name)))
    return `${name} is a filter of Campaign itself: name your own`
  // One filter compares one attribute; by another nobody would ever be found.
  return first === undefined ? undefined : `${name} is the filter of ${first} already`
}

const isStock = (name: string): boolean =>
  STOCK_FILTERS.some((stock) => stock.toLowerCase() === name.toLowerCase())
