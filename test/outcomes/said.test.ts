// A log is read as it comes: from a terminal, from `aws logs tail`, out of an export of CloudWatch.
import { expect, it } from 'vitest'
import { saidIn } from '../../infra/outcomes/said.ts'
import { deliveredLine } from '../support/said-lines.ts'

const line = deliveredLine('a', 3, 'parked', { code: 'value-refused' })
const text = JSON.stringify(line)
const other = JSON.stringify(deliveredLine('b', 0, 'applied'))

it.each([
  ['as it was printed', text],
  ['in colour', `\u001b[2m${text}\u001b[22m`],
  ['behind a prefix', `2026-11-22T10:00:01.000000+00:00 2026/11/22/[$LATEST]0f3c ${text}`],
  ['as an event of an export', JSON.stringify({ timestamp: 1795341601000, message: `${text}\n` })],
  ['as a line of a printed export', `            "message": ${JSON.stringify(text)},`],
  [
    'as a result of a query',
    JSON.stringify([
      { field: '@timestamp', value: '2026' },
      { field: '@message', value: text },
    ]),
  ],
])('is read %s', (_how, given) => {
  expect(saidIn(given)).toMatchObject([{ receipt: 'a', index: 3, outcome: 'parked', code: 'value-refused' }])
})

it('is read where one line holds several', () => {
  const events = { events: [{ message: text }, { message: 'START RequestId: 1' }, { message: other }] }
  expect(saidIn(JSON.stringify(events))).toMatchObject([{ receipt: 'a' }, { receipt: 'b' }])
})

it('passes over what speaks of something else', () => {
  expect(saidIn('START RequestId: 1 {"message":"waiting.moved"}')).toEqual([])
})

it.each([
  ['cut off', text.slice(0, -20)],
  ['of another version', JSON.stringify({ ...line, index: 'three' })],
  ['with places that cannot be read', '{"message":"delivery.decoded","receipt":"a","indexes":"0-"}'],
])('says of a line %s that it cannot be read', (_how, given) => {
  expect(saidIn(given)).toBeUndefined()
})
