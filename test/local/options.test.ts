// What the options of a command may be, and what is said where they are not.
import { expect, it } from 'vitest'
import { readDuration, readOptions } from '../../infra/local/command/options.ts'

it.each([
  ['0', 0],
  ['90s', 90_000],
  ['15m', 900_000],
  ['6h', 21_600_000],
  ['2d', 172_800_000],
])('reads the time %s', (given, milliseconds) => {
  expect(readDuration('--grace', given)).toBe(milliseconds)
})

it.each(['yesterday', '5', '-1h', '1.5h', ''])('says of %j that it is no time', (given) => {
  expect(() => readDuration('--grace', given)).toThrow(
    `--grace is a time such as 90s, 15m, 6h or 2d, not ${given}`,
  )
})

it.each([
  [['--nope'], "Unknown option '--nope': what is allowed"],
  [['--grace'], "Option '--grace <value>' argument missing: what is allowed"],
  [['file'], "Unexpected argument 'file': what is allowed"],
])('says of %j what is allowed instead', (args, message) => {
  expect(() => readOptions({ args, options: { grace: { type: 'string' } } }, 'what is allowed')).toThrow(
    message,
  )
})
