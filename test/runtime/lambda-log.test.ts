// What the functions write on Lambda: Powertools' own lines, as the commands that read logs find them.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLambdaLog } from '../../functions/runtime/lambda-log.ts'
import { createLambdaMetrics } from '../../functions/runtime/lambda-metrics.ts'
import type { Log } from '../../functions/runtime/log.ts'
import { entriesIn } from '../../infra/observed/log-entries.ts'
import { saidIn } from '../../infra/outcomes/said.ts'
import { carriers } from '../start/log-carriers.ts'
import { capturedOutput } from '../support/captured-output.ts'
import { decodedLine, deliveredLine } from '../support/said-lines.ts'

beforeEach(() => vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'CampaignProfileSync/test'))
afterEach(() => vi.unstubAllEnvs())

const written = (write: (log: Log) => void): readonly string[] => {
  using output = capturedOutput()
  write(createLambdaLog('deliver'))
  return output.lines()
}

it('is one JSON object in a line, the fields beside message, level, time and service', () => {
  const fields = { changeId: 'a', attributes: ['phone', 'email'], ms: 0, isHeld: false, code: undefined }
  const [line = '', ...others] = written((log) => log.info('change.delivered', fields))
  expect(others).toEqual([])
  const { timestamp, ...rest } = JSON.parse(line)
  expect(rest).toEqual({
    level: 'INFO',
    message: 'change.delivered',
    service: 'deliver',
    sampling_rate: 0,
    changeId: 'a',
    attributes: ['phone', 'email'],
    ms: 0,
    isHeld: false,
  })
  expect(new Date(timestamp).toISOString()).toBe(timestamp)
})

it('holds of one line nothing in the next', () => {
  const lines = written((log) => {
    log.warn('first', { attributes: ['phone', 'email'], code: 'one' })
    log.warn('second', { attributes: ['fax'] })
  })
  const second = JSON.parse(lines[1] ?? '')
  expect(second).toMatchObject({ level: 'WARN', message: 'second', attributes: ['fax'] })
  expect(second).not.toHaveProperty('code')
})

it('writes from POWERTOOLS_LOG_LEVEL on', () => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'ERROR')
  const lines = written((log) => {
    log.info('change.delivered')
    log.warn('campaign.slowed')
    log.error('campaign.breaker')
  })
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(['campaign.breaker'])
})

const receipts = [
  decodedLine('a', '0-1'),
  decodedLine('b', '', { ignored: ['foreign-tenant'] }),
  deliveredLine('a', 0, 'parked', { code: 'value-refused' }),
  deliveredLine('a', 1, 'observed', { code: 'applied', changed: ['phone'], subject: 's', profile: 'p' }),
]

/** The same lines as Powertools writes them, metrics among them. */
const onLambda = async (): Promise<readonly string[]> => {
  using output = capturedOutput()
  const log = createLambdaLog('deliver')
  const metrics = createLambdaMetrics('deliver')
  for (const { level: _level, message, timestamp: _timestamp, ...fields } of receipts)
    await metrics.writtenAfter(async () => {
      log.info(message, fields)
      metrics.add('Age', 7)
      metrics.addChange('applied')
    })()
  return output.lines()
}

it.each([['each a line', (lines: readonly string[]) => lines.join('\n')] as const, ...carriers.slice(0, 6)])(
  'is understood by npm run outcomes and npm run observed: %s',
  async (_how, carry) => {
    const lines = await onLambda()
    expect(lines.filter((line) => line.includes('_aws'))).toHaveLength(2 * receipts.length)
    const log = carry(lines).split(/\r?\n/)
    const ours = (line: string) => !line.includes('{"message":"change.delivered"}')
    const said: unknown[] = log.filter(ours).flatMap((line): readonly unknown[] => saidIn(line) ?? [line])
    expect(said).toMatchObject([
      { receipt: 'a', indexes: [0, 1] },
      { receipt: 'b', indexes: [] },
      { receipt: 'a', index: 0, outcome: 'parked', code: 'value-refused', engineCalls: 1 },
      { receipt: 'a', index: 1, outcome: 'observed' },
    ])
    expect(log.flatMap(entriesIn)).toMatchObject([
      { receipt: 'a', status: 202 },
      { receipt: 'b', ignored: ['foreign-tenant'] },
      { receipt: 'a', index: 1, changed: ['phone'], profile: 'p' },
    ])
  },
)
