import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Change, Value } from '../../functions/change/change.ts'
import { clockOf } from '../../functions/change/clock.ts'
import { clocksOf, merge, newerThan, type Versions, versionsOf } from '../../functions/change/merge.ts'

const values = fc.dictionary(
  fc.constantFrom('phone', 'firstName', 'blackListEmail', 'cusScore'),
  fc.oneof(fc.boolean(), fc.constantFrom('', 'a', 'b'), fc.integer({ min: 0, max: 3 })),
  { noNullPrototype: true },
)
/** Few moments, ids and sources, so that ties and duplicates are common; one id is used twice now and then. */
const change: fc.Arbitrary<Change> = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  index: fc.constant(0),
  source: fc.constantFrom('direct', 'hubspot'),
  occurredAt: fc.constantFrom(0, 1, 2),
  sequence: fc.option(fc.constantFrom('1', '2', '10'), { nil: undefined }),
  action: fc.constant('update' as const),
  match: fc.constant<Change['match']>([{ attribute: 'email', value: 'amy.dakota@mail.com' }]),
  set: values,
  restate: values,
})
const runs = { numRuns: 500, seed: 20261122 }
const all = (changes: readonly Change[]): Versions => changes.map(versionsOf).reduce(merge, {})

describe('merging', () => {
  it('does not depend on how changes are grouped', () => {
    fc.assert(
      fc.property(change, change, change, (one, two, three) => {
        const [a, b, c] = [versionsOf(one), versionsOf(two), versionsOf(three)] as const
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)))
      }),
      runs,
    )
  })

  it('does not depend on the order of changes', () => {
    fc.assert(
      fc.property(change, change, (one, two) => {
        expect(merge(versionsOf(one), versionsOf(two))).toEqual(merge(versionsOf(two), versionsOf(one)))
      }),
      runs,
    )
  })

  it('does not notice a change that comes twice', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
        expect(all([...changes, ...changes])).toEqual(all(changes))
      }),
      runs,
    )
  })

  it('ends with the value of the greatest clock of each attribute', () => {
    const model = (changes: readonly Change[]): Record<string, Value> => {
      const best: Record<string, { clock: string; value: Value }> = {}
      for (const one of changes) {
        // What was changed stands over what was merely repeated.
        for (const [attribute, value] of Object.entries({ ...one.restate, ...one.set })) {
          const clock = clockOf(one, attribute, value)
          const held = best[attribute]
          if (!held || clock > held.clock) best[attribute] = { clock, value }
        }
      }
      return Object.fromEntries(Object.entries(best).map(([attribute, { value }]) => [attribute, value]))
    }
    const unlike = fc.uniqueArray(change, {
      maxLength: 8,
      selector: ({ id, source, occurredAt }) => `${id} ${source} ${occurredAt}`,
    })
    fc.assert(
      fc.property(unlike, (changes) => {
        const merged = Object.entries(all(changes)).map(([attribute, { value }]) => [attribute, value])
        expect(Object.fromEntries(merged)).toEqual(model(changes))
      }),
      runs,
    )
  })

  it('never loses an opt-out to an opt-in of the same moment', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const newest = Math.max(
          ...changes
            .filter((one) => 'blackListEmail' in { ...one.restate, ...one.set })
            .map((one) => one.occurredAt),
        )
        const isOptedOut = changes.some(
          (one) => one.occurredAt === newest && { ...one.restate, ...one.set }['blackListEmail'] === true,
        )
        if (isOptedOut) expect(all(changes)['blackListEmail']?.value).toBe(true)
      }),
      runs,
    )
  })
})

describe('what is newer than the ledger', () => {
  const at = (occurredAt: number, set: Record<string, Value>): Versions =>
    versionsOf({
      id: 'a',
      index: 0,
      source: 'direct',
      occurredAt,
      action: 'update',
      match: [{ attribute: 'email', value: 'amy.dakota@mail.com' }],
      set,
      restate: {},
    })

  it('is what the ledger has never seen, or has seen older', () => {
    const seen = clocksOf(at(5, { phone: '1', fax: '1', lastName: 'a' }))
    const newer = newerThan(
      { ...at(6, { phone: '2' }), ...at(4, { fax: '2' }), ...at(1, { city: 'b' }) },
      seen,
    )
    expect(Object.keys(newer)).toEqual(['phone', 'city'])
  })

  it('is nothing when everything comes again', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
        expect(newerThan(all(changes), clocksOf(all(changes)))).toEqual({})
      }),
      runs,
    )
  })
})
