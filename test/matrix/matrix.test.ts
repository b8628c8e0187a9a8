// Every fault against what must hold when it is over; the README tells just what is measured here.
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { FAULTS } from './faults.ts'
import { type Measured, measure, tableIn, tableOf } from './table.ts'
import { areProfilesRight } from './verdict.ts'
import { walk } from './walk.ts'
import { COLUMNS } from './world.ts'

let measured: readonly Measured[]
beforeAll(async () => {
  measured = await measure(process.env['SEED'] ? Number(process.env['SEED']) : undefined)
}, 60_000)

describe.each(FAULTS)('$name', ({ name, notes = {} }) => {
  it.each(COLUMNS)('%s, but where a note says why not', (column) => {
    expect(measured.find(({ fault }) => fault.name === name)?.verdict[column]).toBe(!(column in notes))
  })
})

it.each([
  'ledger throttled',
  'queues throttled',
  'answers of the ledger lost, the calls not',
  'answers of the queues lost, the calls not',
  'what has ended is delivered again',
  'workers killed in the middle',
])('has seen it at least five times: %s', (name) => {
  expect(measured.find(({ fault }) => fault.name === name)?.happened).toBeGreaterThanOrEqual(5)
})

it('is told by the README as it was measured (npm run matrix)', () => {
  expect(tableIn(readFileSync(new URL('../../README.md', import.meta.url), 'utf8'))).toBe(tableOf(measured))
})

it('has profiles that are right by the times that a source gives, where its clock is behind', async () => {
  const behind = FAULTS.find(({ name }) => name.endsWith('behind'))
  if (!behind) throw new Error('there is such a row')
  const walked = await walk(behind)
  expect(areProfilesRight(walked, (edit) => edit.madeAt + walked.aheadOf(edit))).toBe(true)
})
