import fc from 'fast-check'
import { expect, it } from 'vitest'
import { delayMilliseconds } from '../../functions/deliver/batch/retry.ts'
import { LONGEST_PROBE_MILLISECONDS } from '../../functions/deliver/budget/outage.ts'

const hour = 3_600_000
const old = { ageMilliseconds: 48 * hour, random: 0 }

it('doubles with every receive up to fifteen minutes', () => {
  const delays = [1, 2, 3, 4, 10, 11, 500].map((receives) => delayMilliseconds({ ...old, receives }))
  expect(delays).toEqual([1000, 2000, 4000, 8000, 512_000, 900_000, 900_000])
})

it('is so short in the lane of consent that three minutes after an outage hold it, jitter, and the wait for a probe', () => {
  const longest = delayMilliseconds({ ...old, receives: 500, lane: 'consent', random: 1 })
  expect(longest + LONGEST_PROBE_MILLISECONDS).toBeLessThan(3 * 60_000 - 10_000)
  expect(longest).toBeGreaterThan(2 * 60_000)
})

it('is at least a second and at most a quarter of the age', () => {
  expect(delayMilliseconds({ receives: 8, ageMilliseconds: 0, random: 0 })).toBe(1000)
  expect(delayMilliseconds({ receives: 8, ageMilliseconds: 40_000, random: 0 })).toBe(10_000)
})

it('is never less than Campaign asked for, nor longer than SQS can hide a message', () => {
  expect(delayMilliseconds({ ...old, receives: 1, retryAfterMilliseconds: 60_000 })).toBe(60_000)
  expect(delayMilliseconds({ ...old, receives: 1, retryAfterMilliseconds: 20 * hour })).toBe(11 * hour)
})

it('adds up to a quarter by chance and takes nothing off', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 0, max: 14 * 24 * hour }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (receives, ageMilliseconds, random) => {
        const least = delayMilliseconds({ receives, ageMilliseconds, random: 0 })
        const delay = delayMilliseconds({ receives, ageMilliseconds, random })
        expect(delay).toBeGreaterThanOrEqual(least)
        expect(delay).toBeLessThan(least * 1.25 + 1)
      },
    ),
    { seed: 20261122 },
  )
})
