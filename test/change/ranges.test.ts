import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromRanges, toRanges } from '../../functions/change/ranges.ts'

it('draws neighbours together', () => {
  expect(toRanges([0, 1, 2, 4, 6, 7])).toBe('0-2,4,6-7')
})

it('loses no number on the way there and back', () => {
  const ascending = fc
    .uniqueArray(fc.nat(200))
    .map((numbers) => numbers.toSorted((left, right) => left - right))
  fc.assert(
    fc.property(ascending, (numbers) => {
      expect(fromRanges(toRanges(numbers))).toEqual(numbers)
    }),
  )
})

it.each(['x', '1-', '-1', '1,,2', '1 2', '99999999'])('is not read out of %j', (text) => {
  expect(fromRanges(text)).toBeUndefined()
})
