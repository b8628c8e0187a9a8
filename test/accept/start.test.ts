import { LambdaClient } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { expect, it } from 'vitest'
import { createWebhook } from '../../functions/accept/webhook.ts'
import { realTime } from '../../functions/runtime/time.ts'
import { mappings } from '../support/mappings.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { recordedMetrics } from '../support/recorded-metrics.ts'
import { post, proofOf } from '../support/sender.ts'
import { directChange, hubspotEvent } from '../support/sent-events.ts'
import { startAccept } from './accept-under-test.ts'

const environment = {
  SOURCES_SECRET_ID: 'sources',
  PSEUDONYM_SECRET_ID: 'pseudonym',
  CHANGES_QUEUE_URL: 'https://sqs/changes.fifo',
  CONSENT_QUEUE_URL: 'https://sqs/consent.fifo',
  PARKED_QUEUE_URL: 'https://sqs/parked.fifo',
  DELIVER_NOW_FUNCTION: 'deliver-now',
  PUBLIC_URL: 'https://hooks.example.com',
  BUSINESS_KEY: 'cusCrmId',
}
const settings = { region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } }
const create = (given: Partial<Parameters<typeof createWebhook>[0]> = {}) =>
  createWebhook({
    environment,
    mappings,
    clients: {
      sqs: new SQSClient(settings),
      lambda: new LambdaClient(settings),
      secretsManager: new SecretsManagerClient(settings),
    },
    time: realTime,
    newReceipt: () => 'r',
    log: recordedLog(),
    metrics: recordedMetrics(),
    ...given,
  })

it('starts where environment and mapping are right', () => expect(create()).toBeTypeOf('function'))

it('does not start on a fault of the environment or of the mapping, and names every one', () => {
  expect(() => create({ environment: {} })).toThrow(/SOURCES_SECRET_ID.*PUBLIC_URL/s)
  const faulty = {
    sources: { crm: { kind: '../x', match: [] } },
    attributes: { tier: { type: 'text' } as const },
  }
  expect(() => create({ mappings: faulty })).toThrow(
    /mappings\.ts: .*tier.*cusCrmId.*sources\.crm\.kind.*match/s,
  )
})

it('warns once at start of what v8 ignores, the organizational unit of created profiles included', () => {
  const log = recordedLog()
  const crm = { kind: 'hubspot', fields: { unit: 'orgUnit', city: 'location.city', name: 'firstName' } }
  const given = { ...mappings, sources: { crm }, orgUnit: 'All' }
  create({ log, mappings: given })
  expect(log.lines).toEqual([])
  create({ log, mappings: given, environment: { ...environment, CAMPAIGN_DIALECT: 'v8' } })
  expect(log.lines).toMatchObject([
    { level: 'warn', message: 'mapping.ignored', fields: ['crm.unit', 'crm.city', 'orgUnit'] },
  ])
})

it('answers 503 with Retry-After where the queues cannot be reached', async () => {
  // A port nobody listens on.
  const sqs = new SQSClient({ ...settings, endpoint: 'http://127.0.0.1:9', maxAttempts: 1 })
  await using accept = await startAccept({ sqs })
  const answers = await Promise.all([
    post(accept.url, 'direct', { body: directChange() }),
    post(accept.url, 'hubspot', { body: [hubspotEvent(), hubspotEvent({ objectId: null })] }),
    post(accept.url, 'hubspot', { body: ['nothing but a bad event'] }),
  ])
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 503, body: { status: 503 } })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(JSON.stringify(answer.body)).not.toMatch(/amy|bad event/)
  }
  // What needs no queue needs no 503.
  const ignored = hubspotEvent({ subscriptionType: 'contact.creation' })
  expect(await post(accept.url, 'hubspot', { body: [ignored] })).toMatchObject({ status: 202 })
})

it('answers 503 where one of two queues cannot be written, and keeps what the other took', async () => {
  await using accept = await startAccept({
    environment: { PARKED_QUEUE_URL: 'http://127.0.0.1:9/000000000000/absent.fifo' },
  })
  expect(await post(accept.url, 'hubspot', { body: [hubspotEvent(), 'x'] })).toMatchObject({ status: 503 })
  expect(await accept.received('changes')).toHaveLength(1)
})

it('serves several sources of one kind, each with its own secret and name', async () => {
  const shipped = mappings.sources['hubspot']
  await using accept = await startAccept({
    mappings: { ...mappings, sources: { ...mappings.sources, ...(shipped && { 'hubspot-eu': shipped }) } },
    secrets: { sources: { 'hubspot-eu': ['eu-secret'], hubspot: ['us-secret'] } },
  })
  const url = `${accept.url}/webhooks/hubspot-eu`
  const body = JSON.stringify([hubspotEvent()])
  const send = async (secret: string) => {
    const headers = proofOf(url, 'hubspot', { body, secret })
    return (
      await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body })
    ).status
  }
  expect(await send('us-secret')).toBe(401)
  expect(await send('eu-secret')).toBe(202)
  const [message] = await accept.received('changes')
  expect(JSON.parse(message?.Body ?? '').changes[0].source).toBe('hubspot-eu')
})

it('has no source but those that SOURCES names, whatever secrets there are', async () => {
  await using accept = await startAccept({ environment: { SOURCES: 'hubspot' } })
  expect(await post(accept.url, 'direct', { body: directChange() })).toMatchObject({ status: 404 })
  expect(await post(accept.url, 'hubspot', { body: [hubspotEvent()] })).toMatchObject({ status: 202 })
})
