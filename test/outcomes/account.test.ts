// Adding up: every accepted change is told to have ended once, or not to have ended, whatever order the log is in.
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createAccount } from '../../infra/outcomes/account.ts'
import { createReceiptMemory } from '../../infra/outcomes/receipt-memory.ts'
import { saidIn } from '../../infra/outcomes/said.ts'
import type { Totals } from '../../infra/outcomes/totals.ts'
import { decodedLine, deliveredLine } from '../support/said-lines.ts'

const NOW = Date.parse('2026-11-22T10:01:00.000Z')
const totalsOf = (...lines: readonly object[]): Totals => {
  const account = createAccount()
  for (const line of lines) for (const said of saidIn(JSON.stringify(line)) ?? []) account.add(said)
  return account.totals(NOW)
}

it('counts the first end of a change, and says how many were said again', () => {
  expect(
    totalsOf(
      decodedLine('a', '0'),
      deliveredLine('a', 0, 'parked', { code: 'value-refused' }),
      deliveredLine('a', 0, 'applied'),
      decodedLine('b', '0'),
      deliveredLine('b', 0, 'deferred'),
      deliveredLine('b', 0, 'applied'),
    ),
  ).toMatchObject({
    accepted: 2,
    outcomes: { parked: 1, applied: 1 },
    codes: { parked: { 'value-refused': 1 } },
    repeated: { applied: 1 },
    withoutEnd: [],
  })
})

it('lists what was accepted and has no end, with what was last said of it', () => {
  expect(
    totalsOf(
      decodedLine('a', '0,2-4'),
      deliveredLine('a', 2, 'waiting'),
      deliveredLine('a', 3, 'deferred', { code: 'throttled' }),
      deliveredLine('a', 4, 'applied'),
    ).withoutEnd,
  ).toEqual([
    { receipt: 'a', index: 0, last: 'nothing', ageMs: 60_000 },
    { receipt: 'a', index: 2, last: 'waiting', changeId: 'evt_2', ageMs: 60_000 },
    { receipt: 'a', index: 3, last: 'deferred', changeId: 'evt_3', code: 'throttled', ageMs: 60_000 },
  ])
})

it('asks for no end of what was ignored or rejected, nor of a delivery that was answered 503', () => {
  expect(
    totalsOf(
      decodedLine('a', '1', { ignored: ['foreign-tenant'], rejected: ['invalid'] }),
      deliveredLine('a', 1, 'created'),
      decodedLine('b', '0-9', { status: 503 }),
      deliveredLine('b', 0, 'applied'),
    ),
  ).toMatchObject({ accepted: 1, ignored: 1, rejected: 1, refused: 1, unaccounted: 1, withoutEnd: [] })
})

it('books all engine calls on the changes that were applied or created, after a redrive as well', () => {
  expect(
    totalsOf(
      deliveredLine('a', 0, 'deferred', { engineCalls: 2 }),
      deliveredLine('a', 0, 'applied', { engineCalls: 3 }),
      deliveredLine('a', 1, 'created', { engineCalls: 0 }),
      deliveredLine('a', 2, 'unmatched', { engineCalls: 1 }),
      deliveredLine('a', 2, 'applied', { engineCalls: 3 }),
    ),
  ).toMatchObject({ engineCalls: 9, engineCallsPerApplied: 3 })
})

it('tells how old changes were when they ended', () => {
  const ends = Array.from({ length: 100 }, (_, index) =>
    deliveredLine('a', index, 'applied', { ageMs: (index + 1) * 10 }),
  )
  expect(totalsOf(...ends).ageMs).toEqual({ p50: 500, p95: 950, p99: 990 })
})

it('comes to the same in whatever order the lines are, and with lines twice', () => {
  const lines = [
    decodedLine('a', '0-1'),
    deliveredLine('a', 0, 'applied'),
    deliveredLine('a', 1, 'applied'),
    decodedLine('b', '0-2'),
    deliveredLine('b', 0, 'applied'),
    deliveredLine('b', 2, 'unchanged'),
    decodedLine('c', ''),
  ]
  const some = fc.array(fc.constantFrom(...lines), { maxLength: 8 })
  const shuffled = fc.shuffledSubarray(lines, { minLength: lines.length })
  fc.assert(
    fc.property(shuffled, some, (all, again) => {
      const { accepted, outcomes, withoutEnd } = totalsOf(...all, ...again)
      expect({ accepted, outcomes }).toEqual({ accepted: 5, outcomes: { applied: 3, unchanged: 1 } })
      expect(withoutEnd).toMatchObject([{ receipt: 'b', index: 1, last: 'nothing' }])
    }),
  )
})

it('remembers every receipt that is done with, and no other', () => {
  const memory = createReceiptMemory()
  const receipts = Array.from({ length: 20_000 }, (_, number) => `receipt-${number}`)
  for (const receipt of receipts) memory.add(receipt)
  expect(receipts.filter((receipt) => !memory.has(receipt))).toEqual([])
  expect(receipts.filter((receipt) => memory.has(`x${receipt}`))).toEqual([])
})
