// What an operator reads after redriving.
import { expect, it } from 'vitest'
import { reportLines } from '../../infra/redrive/report.ts'
import { createTally } from '../../infra/redrive/tally.ts'

const asked = { place: 'the local stack', codes: [], isDryRun: false }

it('says that nothing is parked', () => {
  const lines = reportLines({ tally: createTally(), younger: 0 }, asked)
  expect(lines.slice(1)).toEqual(['Nothing is parked.'])
})

it('says what becomes of an event that holds no change', () => {
  const tally = createTally()
  for (const fate of ['selected', 'undecodable', 'left'] as const) tally.count('invalid', fate)
  const text = reportLines({ tally, younger: 0 }, asked).join('\n')
  expect(text).toMatch(/^invalid +1 +0 +1 +1 +0$/m)
  expect(text).toContain('its source has to send it again, or a person mends it by hand')
})

it('says what a person who has decided about a deletion or a merge does, and would send none of them', () => {
  const tally = createTally()
  for (const fate of ['selected', 'undecided', 'left'] as const) tally.count('deletion', fate)
  const text = reportLines({ tally, younger: 0 }, { ...asked, isDryRun: true }).join('\n')
  expect(text).toMatch(/^deletion +1 +0 +1 +0 +1$/m)
  expect(text).toContain('Undecided ones tell of contacts that were deleted or merged in the CRM')
  expect(text).toContain('"action":"delete"')
  expect(text).toContain('Without --dry-run 0 would be.')
  expect(text).not.toContain('its source has to send it again')
})
