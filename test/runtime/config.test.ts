import { describe, expect, it } from 'vitest'
import type { Mappings } from '../../functions/change/mapping.ts'
import {
  type Environment,
  isExtended,
  readBusConfig,
  readDeliverConfig,
  readWebhookConfig,
} from '../../functions/runtime/config.ts'
import { startStandIns } from '../../infra/local/aws/stand-ins.ts'

const accept = {
  SOURCES_SECRET_ID: 'sources',
  PSEUDONYM_SECRET_ID: 'pseudonym',
  CHANGES_QUEUE_URL: 'https://sqs/changes.fifo',
  CONSENT_QUEUE_URL: 'https://sqs/consent.fifo',
  PARKED_QUEUE_URL: 'https://sqs/parked.fifo',
  DELIVER_NOW_FUNCTION: 'deliver-now',
  PUBLIC_URL: 'https://hooks.example.com',
}
const { SOURCES_SECRET_ID: _sources, DELIVER_NOW_FUNCTION: _function, PUBLIC_URL: _url, ...bus } = accept
const deliver = {
  PSEUDONYM_SECRET_ID: 'pseudonym',
  CHANGES_QUEUE_URL: 'https://sqs/changes.fifo',
  CONSENT_QUEUE_URL: 'https://sqs/consent.fifo',
  WAITING_QUEUE_URL: 'https://sqs/waiting',
  PARKED_QUEUE_URL: 'https://sqs/parked.fifo',
  CAMPAIGN_SECRET_ID: 'campaign',
  LEDGER_TABLE: 'ledger',
}
const faultOf = (read: (environment: Environment) => unknown, environment: Environment): string => {
  try {
    read(environment)
    return ''
  } catch (error) {
    return String(error)
  }
}

describe('deliver', () => {
  it('has Adobe, fifteen seconds, sixty seconds and no read-back where nothing else is said', () => {
    expect(readDeliverConfig(deliver)).toMatchObject({
      CAMPAIGN_URL: 'https://mc.adobe.io',
      IMS_URL: 'https://ims-na1.adobelogin.com',
      REQUEST_TIMEOUT_SECONDS: 15,
      LANDING_SECONDS: 60,
      VERIFY: 'never',
    })
  })

  it('makes ten calls per second where nothing else is said, and may make less than one', () => {
    const budgetOf = (CALLS_PER_SECOND: string) =>
      readDeliverConfig({ ...deliver, CALLS_PER_SECOND }).CALLS_PER_SECOND
    expect(['', '1', '200', '9999', '0.5', '0.1', '0.25'].map(budgetOf)).toEqual([
      10, 1, 200, 9999, 0.5, 0.1, 0.25,
    ])
  })

  it('reads what is said', () => {
    const said = {
      REQUEST_TIMEOUT_SECONDS: '5',
      LANDING_SECONDS: '10',
      VERIFY: 'always',
      BUSINESS_KEY: 'cusCrmId',
    }
    expect(readDeliverConfig({ ...deliver, ...said })).toMatchObject({
      REQUEST_TIMEOUT_SECONDS: 5,
      LANDING_SECONDS: 10,
      VERIFY: 'always',
      BUSINESS_KEY: 'cusCrmId',
    })
  })

  it('does not need what only accept needs', () => {
    for (const name of ['SOURCES_SECRET_ID', 'PUBLIC_URL', 'DELIVER_NOW_FUNCTION'])
      expect(deliver).not.toHaveProperty(name)
    expect(() => readDeliverConfig(deliver)).not.toThrow()
  })

  it('needs the extended API for whatever is the instance’s own, a filter of a stock attribute included, and on v8', () => {
    const bare = { sources: {}, attributes: {} }
    const filters = { externalId: { name: 'byExternalId', parameter: 'externalId_parameter' } }
    const extended = (given: Environment, mappings: Mappings) =>
      isExtended(readDeliverConfig({ ...deliver, ...given }), mappings)
    expect(extended({}, bare)).toBe(false)
    expect(extended({}, { ...bare, filters: {} })).toBe(false)
    expect(extended({}, { ...bare, filters })).toBe(true)
    expect(extended({}, { ...bare, attributes: { cusTier: { type: 'text' } } })).toBe(true)
    expect(extended({}, { ...bare, orgUnit: 'All' })).toBe(true)
    const crm = { kind: 'hubspot', fields: { unit: { attribute: 'orgUnit' }, name: 'firstName' } }
    expect(extended({}, { ...bare, sources: { crm } })).toBe(true)
    expect(extended({}, { ...bare, sources: { crm: { ...crm, fields: { name: 'firstName' } } } })).toBe(false)
    expect(extended({ BUSINESS_KEY: 'cusCrmId' }, bare)).toBe(true)
    expect(extended({ CAMPAIGN_DIALECT: 'v8' }, bare)).toBe(true)
  })

  it('names each variable that is not what it should be', () => {
    const wrong = {
      CAMPAIGN_URL: ['mc.adobe.io', 'ftp://mc.adobe.io', 'https://mc.adobe.io/'],
      IMS_URL: ['x', 'https://ims-na1.adobelogin.com/'],
      REQUEST_TIMEOUT_SECONDS: ['x', '-1', '1.5', '15s'],
      LANDING_SECONDS: ['x', '1e3'],
      CALLS_PER_SECOND: ['0', '-1', '2.5', '0.05', '1e2', '10000', 'x'],
      VERIFY: ['sometimes', 'Always', 'true'],
      BUSINESS_KEY: ['crmId', 'cus', 'cus-id', 'email'],
    }
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        expect(faultOf(readDeliverConfig, { ...deliver, [name]: value }), `${name}=${value}`).toContain(
          `${name} must`,
        )
      }
    }
  })
})

describe('accept', () => {
  it('does not need what only deliver needs', () => {
    for (const name of ['CAMPAIGN_SECRET_ID', 'LEDGER_TABLE']) expect(accept).not.toHaveProperty(name)
    expect(readWebhookConfig(accept)).toMatchObject({ PUBLIC_URL: 'https://hooks.example.com' })
  })

  it('does nothing for the deletions of CRMs and writes what it is sent, where nothing else is said', () => {
    expect(readWebhookConfig(accept)).toMatchObject({ DELETES: 'ignore', MODE: 'apply' })
    expect(readWebhookConfig({ ...accept, DELETES: '', MODE: '' })).toMatchObject({ DELETES: 'ignore' })
    for (const DELETES of ['ignore', 'opt-out', 'delete', 'park']) {
      expect(readWebhookConfig({ ...accept, DELETES, MODE: 'observe' })).toMatchObject({
        DELETES,
        MODE: 'observe',
      })
    }
  })

  it('names a DELETES or MODE that is not what it should be, and what is allowed', () => {
    const wrong = {
      DELETES: ['Delete', 'optout', 'true', 'ignore,park'],
      MODE: ['Observe', 'dry-run', 'true'],
    }
    const allowed = { DELETES: 'must be ignore, opt-out, delete, park', MODE: 'must be apply or observe' }
    for (const name of ['DELETES', 'MODE'] as const) {
      for (const value of wrong[name]) {
        expect(faultOf(readWebhookConfig, { ...accept, [name]: value }), value).toContain(
          `${name} ${allowed[name]}`,
        )
      }
    }
  })

  it('has a public address without a slash at its end', () => {
    for (const PUBLIC_URL of ['https://hooks.example.com/', 'hooks.example.com', 'ftp://x']) {
      expect(faultOf(readWebhookConfig, { ...accept, PUBLIC_URL }), PUBLIC_URL).toContain('PUBLIC_URL must')
    }
  })
})

it('takes the sources that a list names, and all where there is none', () => {
  for (const [read, whole] of [
    [readWebhookConfig, accept],
    [readBusConfig, bus],
  ] as const) {
    expect(read({ ...whole, SOURCES: 'direct,hubspot' }).SOURCES).toEqual(['direct', 'hubspot'])
    expect(read(whole)).not.toHaveProperty('SOURCES')
    for (const SOURCES of [',', 'direct,', 'direct,,hubspot'])
      expect(faultOf(read, { ...whole, SOURCES })).toContain(
        'SOURCES must be names of sources in mappings.ts with a comma between them, such as direct,hubspot',
      )
  }
})

it('gives the bus what decoding needs, and asks for no secret of a source and no function', () => {
  expect(readBusConfig(bus)).toEqual({
    ...bus,
    CAMPAIGN_DIALECT: 'standard',
    DELETES: 'ignore',
    MODE: 'apply',
  })
  expect(Object.keys(readBusConfig(accept)).filter((name) => /SOURCES|FUNCTION|URL$/.test(name))).toEqual(
    Object.keys(bus).filter((name) => name.endsWith('_QUEUE_URL')),
  )
})

it('names every fault at once, a variable set to nothing being not set', () => {
  for (const [read, whole] of [
    [readWebhookConfig, accept],
    [readBusConfig, bus],
    [readDeliverConfig, deliver],
  ] as const) {
    const needed = Object.keys(whole).filter((name) => {
      const { [name as keyof typeof whole]: _, ...others } = whole as Record<string, string>
      return faultOf(read, others) !== ''
    })
    expect(needed).toContain('PARKED_QUEUE_URL')
    for (const environment of [{}, Object.fromEntries(Object.keys(whole).map((name) => [name, '']))]) {
      const fault = faultOf(read, environment)
      for (const name of needed) expect(fault).toContain(`${name} is not set`)
    }
  }
})

it('never repeats a value', () => {
  expect(
    faultOf(readDeliverConfig, { ...deliver, VERIFY: 'canary7301', CAMPAIGN_URL: 'canary7301' }),
  ).not.toContain('canary')
})

it('is satisfied by what the local stack gives', async () => {
  await using standIns = await startStandIns({ secrets: { campaign: 'c', sources: 's' } })
  const environment = { ...standIns.environment, PUBLIC_URL: 'http://127.0.0.1:3000' }
  expect(() => readWebhookConfig(environment)).not.toThrow()
  expect(() => readBusConfig(environment)).not.toThrow()
  expect(() => readDeliverConfig(environment)).not.toThrow()
})
