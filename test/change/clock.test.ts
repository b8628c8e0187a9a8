import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Change, Value } from '../../functions/change/change.ts'
import { changeClock, clockOf } from '../../functions/change/clock.ts'
import { aChange } from '../support/records.ts'

const base = aChange({ match: [{ attribute: 'email', value: 'amy.dakota@mail.com' }] })

/** Expects each given version to sort above the one before it. */
const ascends = (...versions: readonly (Partial<Change> & { attribute?: string; value?: Value })[]) => {
  const clocks = versions.map(({ attribute = 'phone', value = 'x', ...change }) =>
    clockOf({ ...base, ...change }, attribute, value),
  )
  expect(new Set(clocks).size).toBe(clocks.length)
  expect(clocks.toSorted()).toEqual(clocks)
}

describe('the clock of a value', () => {
  it('goes by the moment before anything else', () => {
    const later = base.occurredAt + 1
    ascends({ sequence: '9'.repeat(39), id: 'z', source: 'z' }, { occurredAt: later, id: 'a', source: 'a' })
    ascends(
      { attribute: 'blackListEmail', value: true },
      { attribute: 'blackListEmail', value: false, occurredAt: later },
    )
  })

  it('sorts every moment that RFC 3339 can say', () => {
    const moments = [
      '0000-01-01T00:00:00+23:59',
      '0000-01-01T00:00:00+23:58',
      '0000-01-01T00:00:00+01:00',
      '0000-01-01T00:00:00Z',
      '1969-12-31T23:59:59.999Z',
      '1970-01-01T00:00:00Z',
      '2026-11-22T10:00:00Z',
      '9999-12-31T23:59:59.999-23:59',
    ]
    ascends(...moments.map((text) => ({ occurredAt: Date.parse(text) })))
  })

  it('puts opted out above opted in of the same moment, whatever the sequence and the id say', () => {
    for (const attribute of ['blackList', 'blackListEmail', 'blackListPostalMail', 'ccpaOptOut']) {
      ascends(
        { attribute, value: false, sequence: '99', id: 'z', source: 'z' },
        { attribute, value: true, id: 'a', source: 'a' },
      )
    }
  })

  it('does not rank the values of attributes that are no consent', () => {
    const clock = (value: boolean) => clockOf(base, 'cusVip', value)
    expect(clock(true)).toBe(clock(false))
  })

  it('takes the sequence as a number, absent lowest, up to 39 digits', () => {
    const numbers = ['0', '1', '9', '10', '99', '100', `1${'0'.repeat(37)}`, '9'.repeat(38), '9'.repeat(39)]
    ascends({ sequence: undefined, id: 'z' }, ...numbers.map((sequence) => ({ sequence, id: 'a' })))
  })

  it('does not see leading zeros of a sequence', () => {
    const clock = (sequence: string) => clockOf({ ...base, sequence }, 'phone', 'x')
    expect(clock('007')).toBe(clock('7'))
    expect(clock('0'.repeat(39))).toBe(clock('0'))
    ascends({ sequence: '09' }, { sequence: '10' })
  })

  it('takes the id by UTF-16 unit, an id before its extensions', () => {
    ascends(...['-', '.', '0', ':', 'A', 'Z', '_', 'a', 'a-', 'a.1', 'aa', 'z', '~'].map((id) => ({ id })))
  })

  it('takes the source last', () => {
    ascends({ source: 'direct' }, { source: 'hubspot' }, { source: 'hubspot-eu' })
    ascends({ id: 'a', source: 'z' }, { id: 'a-', source: 'a' })
  })
})

it('gives a change as a whole a clock that orders it like its values', () => {
  const older = changeClock({ ...base, sequence: '2' })
  expect(changeClock({ ...base, sequence: '10' }) > older).toBe(true)
  expect(changeClock({ ...base, occurredAt: base.occurredAt - 1, sequence: '99' }) < older).toBe(true)
})

const earliest = Date.parse('0000-01-01T00:00:00+23:59')
const latest = Date.parse('9999-12-31T23:59:59.999-23:59')
const version = fc.record({
  // Few enough of each that ties happen, wide enough that every length does.
  occurredAt: fc.oneof(
    fc.constantFrom(base.occurredAt, 0, earliest, earliest + 1),
    fc.integer({ min: earliest, max: latest }),
  ),
  value: fc.boolean(),
  sequence: fc.option(
    fc.oneof(fc.constantFrom('0', '00', '1', '01', '10'), fc.stringMatching(/^\d{1,39}$/)),
    { nil: undefined },
  ),
  id: fc.oneof(fc.constantFrom('a', 'a-', 'B'), fc.stringMatching(/^[A-Za-z0-9._:~-]{1,8}$/)),
  source: fc.constantFrom('direct', 'hubspot', 'hubspot-eu'),
})
type Version = typeof version extends fc.Arbitrary<infer Given> ? Given : never

/** Written from the design's sentence, with no eye on the text. */
const compare = (left: Version, right: Version, attribute: string): number => {
  const order = <Part extends number | bigint | string>(a: Part, b: Part) => (a < b ? -1 : a > b ? 1 : 0)
  const rank = ({ value }: Version) => (attribute === 'blackListEmail' && value ? 1 : 0)
  const number = ({ sequence }: Version) => (sequence === undefined ? -1n : BigInt(sequence))
  return (
    order(left.occurredAt, right.occurredAt) ||
    order(rank(left), rank(right)) ||
    order(number(left), number(right)) ||
    order(left.id, right.id) ||
    order(left.source, right.source)
  )
}

it('sorts as text exactly as versions are compared', () => {
  fc.assert(
    fc.property(version, version, fc.constantFrom('blackListEmail', 'phone'), (left, right, attribute) => {
      const text = ({ value, ...change }: Version) => clockOf({ ...base, ...change }, attribute, value)
      const sign = text(left) < text(right) ? -1 : text(left) > text(right) ? 1 : 0
      expect(sign).toBe(compare(left, right, attribute))
      // The ledger compares bytes.
      expect(Math.sign(Buffer.compare(Buffer.from(text(left)), Buffer.from(text(right))))).toBe(sign)
    }),
    { numRuns: 2000, seed: 20261122 },
  )
})
