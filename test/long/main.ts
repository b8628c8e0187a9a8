// `npm run test:long`: the seeded properties ten times as often as in `npm test`, 100,000 random histories among them, from
// a seed of its own or the one in SEED, and an outage with 50,000 changes before it. Exit code 1 where one of them is red.
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'

const FILES = [
  'test/deliver/histories/',
  'test/deliver/blame-histories.test.ts',
  'test/deliver/budget/outage.test.ts',
  'test/deliver/consent-histories.test.ts',
  'test/deliver/creators-meet.test.ts',
  'test/deliver/groups.test.ts',
  'test/deliver/making-histories.test.ts',
  'test/deliver/observing-agrees.test.ts',
  'test/deliver/waiting-histories.test.ts',
]
const { SEED = String(randomInt(1_000_000_000)), TIMES = '10', OUTAGE_CHANGES = '50000' } = process.env

process.stdout.write(`${TIMES} times as often as npm test, ${OUTAGE_CHANGES} changes before the outage.\n`)
process.stdout.write(`The same again: SEED=${SEED} npm run test:long\n`)
// On the path, as in every npm script.
const running = spawn('vitest', ['run', ...FILES], {
  stdio: 'inherit',
  env: { ...process.env, SEED, TIMES, OUTAGE_CHANGES },
})
running.on('exit', (code) => {
  process.exitCode = code ?? 1
})
