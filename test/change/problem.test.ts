import { expect, it } from 'vitest'
import { pointerTo } from '../../functions/change/read/problem.ts'

it('points as RFC 6901 says, with ~ and / escaped', () => {
  expect(pointerTo('', 'set', 'age')).toBe('/set/age')
  expect(pointerTo('/0', 'set', 'age')).toBe('/0/set/age')
  expect(pointerTo('', 'a/b', 'm~n', '~1', 3)).toBe('/a~1b/m~0n/~01/3')
  expect(pointerTo('/0')).toBe('/0')
})

it('stops before a name too long to be one, which would be data', () => {
  expect(pointerTo('/set', 'x'.repeat(64))).toBe(`/set/${'x'.repeat(64)}`)
  expect(pointerTo('/set', 'x'.repeat(65), 'y')).toBe('/set')
})
