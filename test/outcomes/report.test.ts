// The last sentence of the sum: all is well only where it can be known.
import { expect, it } from 'vitest'
import { createAccount } from '../../infra/outcomes/account.ts'
import { isWithoutAccept, reportLines } from '../../infra/outcomes/report.ts'
import { saidIn } from '../../infra/outcomes/said.ts'
import { decodedLine, deliveredLine } from '../support/said-lines.ts'

const NOW = Date.parse('2026-11-22T10:01:00.000Z')
const reportOf = (...lines: readonly object[]) => {
  const account = createAccount()
  for (const line of lines) for (const said of saidIn(JSON.stringify(line)) ?? []) account.add(said)
  const totals = account.totals(NOW)
  return { isWithoutAccept: isWithoutAccept(totals), last: reportLines(totals, 0, 0).at(-1) }
}

it('asks for the log of accept where it says nothing of a delivery', () => {
  const { isWithoutAccept, last } = reportOf(deliveredLine('a', 0, 'applied'))
  expect(isWithoutAccept).toBe(true)
  expect(last).toContain('No acceptance was found in these lines: is the webhook’s log among them?')
})

it.each([
  ['No change was accepted in these lines.', [decodedLine('a', '', { ignored: ['not-mapped'] })]],
  ['No change was accepted in these lines.', [decodedLine('a', '0', { status: 503 })]],
  ['Every accepted change has its end.', [decodedLine('a', '0'), deliveredLine('a', 0, 'applied')]],
])('says: %s', (sentence, lines) => {
  expect(reportOf(...lines)).toEqual({ isWithoutAccept: false, last: sentence })
})
