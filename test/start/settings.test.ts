// What a person may set for `npm start`, and what is said where it cannot be used.
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { Environment } from '../../functions/runtime/config.ts'
import { listen } from '../../infra/local/aws/listen.ts'
import { Refusal } from '../../infra/local/command/refusal.ts'
import { explainStart, readStartSettings } from '../../infra/local/command/start-settings.ts'
import { startLocalStack } from '../../infra/local/stack.ts'
import { recordedLog } from '../support/recorded-log.ts'

const start = async (environment: Environment) => {
  const settings = readStartSettings({ PORT: '0', CAMPAIGN_PORT: '0', ...environment })
  return startLocalStack({ ...settings, log: recordedLog() }).catch((error: unknown) => {
    throw explainStart(error, settings)
  })
}
const refusalOf = async (environment: Environment): Promise<string> => {
  const refusal = await start(environment).then(
    async (stack) => stack.close(),
    (error: unknown) => error,
  )
  if (!(refusal instanceof Refusal)) throw new Error('this is no refusal', { cause: refusal })
  return refusal.message
}

describe('npm start', () => {
  it.each([
    [{ PORT: '70000' }, /^PORT is not a port: it must be 0 to 65535, such as 3000$/],
    [{ PORT: '4100', CAMPAIGN_PORT: '4100' }, /^PORT and CAMPAIGN_PORT are both 4100: set them to two .*$/],
    [{ CAMPAIGN_DIALECT: 'v7' }, /^.*CAMPAIGN_DIALECT.*$/],
    [
      { VERIFY: 'maybe', LANDING_SECONDS: 'x' },
      /^.*LANDING_SECONDS must be whole seconds, .*; VERIFY must be .*$/,
    ],
    [
      { DELETES: 'purge', MODE: 'dry' },
      /^.*MODE must be apply or observe; DELETES must be ignore, opt-out, delete, park$/,
    ],
  ])('says in one line what is wrong with %j', async (environment, line) => {
    expect(await refusalOf(environment)).toMatch(line)
  })

  it.each(['PORT', 'CAMPAIGN_PORT'])('says in one line that %s is in use', async (name) => {
    const { port, close } = await listen(createServer(), 0)
    expect(await refusalOf({ [name]: String(port) })).toBe(
      `port ${port} is in use: stop what listens there or set ${name} to another port`,
    )
    await close()
  })

  it('lets the emulator speak the dialect that CAMPAIGN_DIALECT names, standard unless set', async () => {
    for (const [given, dialect] of [
      ['v8', 'v8'],
      ['', 'standard'],
    ]) {
      await using stack = await start({ CAMPAIGN_DIALECT: given })
      expect(stack.campaign.campaign.settings().dialect).toBe(dialect)
    }
  })
})
