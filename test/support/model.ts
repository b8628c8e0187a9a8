// What every profile must end as, written down naively from the rule: each attribute takes the value with the greatest
// clock. Shares no code with the product.
import type { Change, Value } from '../../functions/change/change.ts'

const isOptOut = (attribute: string, value: Value): boolean =>
  (attribute.startsWith('blackList') || attribute === 'ccpaOptOut') && value === true

const compareUnits = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** Negative where the left version is older, zero where they are one and the same. */
const compareVersions = (
  attribute: string,
  [left, leftValue]: Version,
  [right, rightValue]: Version,
): number =>
  left.occurredAt - right.occurredAt ||
  Number(isOptOut(attribute, leftValue)) - Number(isOptOut(attribute, rightValue)) ||
  Number(BigInt(left.sequence ?? -1) - BigInt(right.sequence ?? -1)) ||
  compareUnits(left.id, right.id) ||
  compareUnits(left.source, right.source)

type Version = readonly [Change, Value]

/** Attribute to the value that stands after all the changes of one person, in whatever order they came. */
export const expectedValues = (changes: readonly Change[]): Readonly<Record<string, Value>> => {
  const standing = new Map<string, Version>()
  for (const change of changes) {
    for (const [attribute, value] of Object.entries({ ...change.restate, ...change.set })) {
      const held = standing.get(attribute)
      if (!held || compareVersions(attribute, [change, value], held) > 0)
        standing.set(attribute, [change, value])
    }
  }
  return Object.fromEntries([...standing].map(([attribute, [, value]]) => [attribute, value]))
}
