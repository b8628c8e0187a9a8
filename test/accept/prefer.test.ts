import { expect, it } from 'vitest'
import { readWait } from '../../functions/accept/prefer.ts'

it('reads how long a sender prefers to wait', () => {
  const headers = {
    'wait=10': 10,
    'wait=1': 1,
    'wait=20': 20,
    'Wait = 10': 10,
    'wait="10"': 10,
    'respond-async, wait=7': 7,
    'respond-async;a=b,wait=7;c=d': 7,
    'foo="a, wait=3", wait=5': 5,
    'foo="a\\", wait=3", wait=5': 5,
    'wait=5, wait=9': 5,
  }
  for (const [header, seconds] of Object.entries(headers)) expect(readWait(header), header).toBe(seconds)
})

it('waits twenty seconds at most', () => {
  for (const header of ['wait=21', 'wait=99', 'wait=999999999']) expect(readWait(header), header).toBe(20)
})

it('does not wait where nothing says so', () => {
  for (const header of [
    undefined,
    '',
    'respond-async',
    'wait',
    'wait=',
    'wait=0',
    'wait=-1',
    'wait=1.5',
    'wait=x',
    'await=5',
    'wait=5x',
    'foo="wait=5"',
    'foo="a, wait=3"',
    'wait="5',
    '"',
    ',,,',
  ]) {
    expect(readWait(header), header).toBeUndefined()
  }
})

// What takes time by the square of the length would take minutes.
it('reads a header of any length', { timeout: 30_000 }, () => {
  for (const piece of [' ', ',', '"', 'wait=', '\\"']) {
    const long = piece.repeat(500_000)
    expect(readWait(long), piece).toBeUndefined()
    expect(readWait(`wait=5,${long}`), piece).toBe(5)
  }
})
