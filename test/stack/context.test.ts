// A wrong value in cdk.json is told with what is allowed, and all of them at once, before anything is made.
import { describe, expect, it } from 'vitest'
import { readStages } from '../../infra/context.ts'
import { mappings } from '../support/mappings.ts'

const settings = { BUSINESS_KEY: 'cusCrmId' }
const read = (stage: unknown) => readStages({ dev: stage }, undefined, mappings)
const faultsOf = async (stages: unknown, chosen?: string): Promise<readonly string[]> =>
  readStages(stages, chosen, mappings).then(
    () => [],
    (error: Error) => error.message.split('\n'),
  )

it.each([
  [
    { region: 'Ireland', account: '123456789012' },
    'stages.dev.region: must be a region such as eu-west-1, not "Ireland"',
  ],
  [
    { account: 123456789012, region: 'eu-west-1' },
    'stages.dev.account: must be the 12 digits of an AWS account, not 123456789012',
  ],
  [{ account: '123456789012' }, 'stages.dev: account and region go together, or neither is given'],
  [{ requestsPerSecond: 0 }, 'stages.dev.requestsPerSecond: must be a whole number from 1 to 10000, not 0'],
  [
    { concurrency: { changes: 1 } },
    'stages.dev.concurrency.changes: must be a whole number from 2 to 1000, not 1',
  ],
  [
    { concurrency: { change: 5 } },
    'stages.dev.concurrency.change: is not known, allowed are changes, consent, bus, deliver-now',
  ],
  [{ customerKey: 'yes' }, 'stages.dev.customerKey: must be true or false, not "yes"'],
  [
    { moveWaitingEveryHours: 0.5 },
    'stages.dev.moveWaitingEveryHours: must be whole hours from 1 to 24, not 0.5',
  ],
  [{ alarmTopic: 'on-call' }, 'stages.dev.alarmTopic: must be the ARN of an SNS topic, not "on-call"'],
  [
    { publicUrl: 'https://hooks.example.com/' },
    'stages.dev.publicUrl: must be an https address without a slash at its end, not "https://hooks.example.com/"',
  ],
  [
    { partnerBuses: ['crm'] },
    'stages.dev.partnerBuses.0: must be a name such as aws.partner/example.com/1234/events, not "crm"',
  ],
  [
    { partnerBuses: ['aws.partner/example.com/1'] },
    'stages.dev.partnerBuses: aws.partner/example.com/1 belongs to no source that is on: name it under bus of one in mappings.ts',
  ],
  [
    { sources: { salesforce: true } },
    'stages.dev.sources.salesforce: is not in mappings.ts, direct, hubspot are',
  ],
  [{ sources: { direct: false, hubspot: false } }, 'stages.dev.sources: at least one must be on'],
])('%j is told', async (wrong, sentence) => {
  expect(await faultsOf({ dev: { settings, ...wrong } })).toEqual([sentence])
})

it.each([
  [
    { CALLS_PER_SECOND: 'many' },
    'stages.dev.settings.CALLS_PER_SECOND must be whole calls per second such as 20, or a part of one such as 0.5, at least 0.1, not "many"',
  ],
  [{ MODE: 'dry' }, 'stages.dev.settings.MODE must be apply or observe, not "dry"'],
  [
    { WAIT_HOURS: 400 },
    'stages.dev.settings.WAIT_HOURS must be hours, such as 72 or 0.5, and at most 288, not "400"',
  ],
  [
    { CAMPAIGN_URL: 'mc.adobe.io' },
    'stages.dev.settings.CAMPAIGN_URL must be an http(s) address, not "mc.adobe.io"',
  ],
])('the setting %j is told as the functions would tell it', async (wrong, sentence) => {
  expect(await faultsOf({ dev: { settings: { ...settings, ...wrong } } })).toEqual([sentence])
})

it('one value of a wrong type hides no other fault, and makes none that is not there', async () => {
  const wrong = { settings: { ...settings, MODE: true, VERIFY: 'often' }, sources: { direct: 'no', nope: 1 } }
  expect(new Set(await faultsOf({ dev: wrong }))).toEqual(
    new Set([
      'stages.dev.settings.MODE: must be text, a number or left out, not true',
      'stages.dev.settings.VERIFY must be never or always, not "often"',
      'stages.dev.sources.direct: must be true or false, not "no"',
      'stages.dev.sources.nope: must be true or false, not 1',
      'stages.dev.sources.nope: is not in mappings.ts, direct, hubspot are',
    ]),
  )
})

it.each([
  [null, 'stages.dev: must be an object, {} for a stage with all defaults, not null'],
  [
    { settings: null },
    'stages.dev.settings: must be an object such as {"BUSINESS_KEY": "cusCrmId"}, not null',
  ],
  [
    { settings, sources: ['hubspot'] },
    'stages.dev.sources: must be an object such as {"hubspot": false}, not ["hubspot"]',
  ],
  [{ settings, concurrency: 5 }, 'stages.dev.concurrency: must be an object such as {"changes": 10}, not 5'],
])('%j is no stage, and what is one is shown', async (stage, sentence) => {
  expect(await faultsOf({ dev: stage })).toContain(sentence)
})

it('a setting that is the stack’s own to say is no setting', async () => {
  expect(await faultsOf({ dev: { settings: { ...settings, LEDGER_TABLE: 'mine' } } })).toEqual([
    'stages.dev.settings.LEDGER_TABLE is no setting: allowed are BUSINESS_KEY, CALLS_PER_SECOND, CAMPAIGN_DIALECT, CAMPAIGN_URL, DELETES, IMS_URL, LANDING_SECONDS, MODE, REQUEST_TIMEOUT_SECONDS, UNMATCHED, VERIFY, WAIT_HOURS',
  ])
})

it('every fault of every stage is told at once', async () => {
  const stages = {
    dev: { settings: { ...settings, MODE: 'dry' }, retain: 'no', sources: { crm: true } },
    prod: { colour: 'blue', settings: {} },
  }
  expect(await faultsOf(stages)).toEqual([
    'stages.dev.retain: must be true or false, not "no"',
    'stages.dev.sources.crm: is not in mappings.ts, direct, hubspot are',
    'stages.dev.settings.MODE must be apply or observe, not "dry"',
    expect.stringMatching(
      /^stages\.prod\.colour: is not known, allowed are account, region, .*, alarmTopic$/,
    ),
    'stages.prod: mappings.ts: sources.hubspot.match: cusCrmId cannot be matched by: PKey, email can, and a text attribute with a custom filter under filters',
  ])
})

describe('the stage', () => {
  it('that is chosen is read alone', async () => {
    const stages = { dev: { settings }, prod: { retain: 'no' } }
    expect((await readStages(stages, 'dev', mappings)).map(({ name }) => name)).toEqual(['dev'])
  })
  it('that is not there is told with those that are', async () => {
    expect(await faultsOf({ dev: {}, prod: {} }, 'test')).toEqual([
      'stage: must be one of dev, prod, not "test"',
    ])
  })
  it('has a name that AWS can take', async () => {
    expect(await faultsOf({ Prod_1: { settings } })).toEqual([
      'stages.Prod_1: a stage is named by small letters, digits and -',
    ])
  })
  it('must be there', async () => {
    expect(await faultsOf(undefined)).toEqual([
      'stages: must be in the context of cdk.json, at least one, such as dev',
    ])
  })
})

it('what is left out is the default, and a source is on', async () => {
  expect(await read({ settings })).toMatchObject([
    {
      name: 'dev',
      retain: true,
      customerKey: false,
      requestsPerSecond: 100,
      logRetentionDays: 30,
      moveWaitingEveryHours: 6,
      concurrency: { changes: 10, consent: 5, bus: 5, 'deliver-now': 5 },
      mappings: { sources: { direct: {}, hubspot: {} } },
    },
  ])
})
