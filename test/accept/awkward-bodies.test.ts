// Bodies nobody would send on purpose: each has an answer of the documented table, and the good events in it go on.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadSource } from '../../functions/change/source.ts'
import { localCredentials } from '../../infra/local/credentials.ts'
import { signHeaders } from '../../infra/local/sign.ts'
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts'
import { mappings } from '../support/mappings.ts'
import { recordedLog } from '../support/recorded-log.ts'

let stack: LocalStack
beforeAll(async () => {
  stack = await startLocalStack({ mappings, port: 0, campaignPort: 0, log: recordedLog() })
})
afterAll(() => stack.close())

const post = async (source: string, body: string) => {
  const kind = (await loadSource(mappings, source))?.kind
  if (!kind) throw new Error(`${source} is not mapped`)
  const url = `${stack.gateway.url}/webhooks/${source}`
  const [secret = ''] = localCredentials.sources[source] ?? []
  const headers = signHeaders(kind.scheme, secret, { method: 'POST', url, body }, Date.now())
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })
  const answered: unknown = await answer.json()
  return { status: answer.status, body: answered }
}

const event = (propertyValue: string) =>
  `{"subscriptionType":"contact.propertyChange","portalId":1,"subscriptionId":1,"eventId":1,"objectId":77,"occurredAt":${Date.now() - 1000},"propertyName":"firstname","propertyValue":${propertyValue}}`

it.each([
  ['nested about as deep as can be written down', `${'['.repeat(2269)}${']'.repeat(2269)}`],
  ['nested deeper than can be written down', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ['larger, once escaped, than a message may be', JSON.stringify('\u{1F600}'.repeat(100_000))],
])('takes the good event beside one that is %s, and keeps what it can of that', async (_name, value) => {
  const before = (await stack.standIns.queueCounts()).parked['invalid'] ?? 0
  const bad = event(value).replace('"eventId":1', '"eventId":{}')
  const answer = await post('hubspot', `[${event('"Ada"')},${bad}]`)
  expect(answer).toMatchObject({ status: 202, body: { accepted: 1, ignored: 0, rejected: [{ index: 1 }] } })
  expect((await stack.standIns.queueCounts()).parked['invalid']).toBe(before + 1)
})

it.each([
  [
    'a key with a fraction that a double rounds away',
    '{"cusCrmId":4503599627370497.5}',
    '{"phone":"1"}',
    '/match/cusCrmId',
  ],
  ['a shorter one', '{"cusCrmId":1234567890123456.9}', '{"phone":"1"}', '/match/cusCrmId'],
  [
    'one that is rounded up to a whole number',
    '{"cusCrmId":0.99999999999999999}',
    '{"phone":"1"}',
    '/match/cusCrmId',
  ],
  [
    'a number that a double cannot hold',
    '{"cusCrmId":"1"}',
    '{"cusScore":9007199254740993.0}',
    '/set/cusScore',
  ],
  [
    'the same, written with an exponent',
    '{"cusCrmId":"1"}',
    '{"cusScore":9.007199254740993e15}',
    '/set/cusScore',
  ],
])('refuses %s', async (_name, match, set, pointer) => {
  const occurredAt = new Date().toISOString()
  const answer = await post('direct', `{"id":"n","occurredAt":"${occurredAt}","match":${match},"set":${set}}`)
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
})

it('says of an empty match list what is allowed', async () => {
  const occurredAt = new Date().toISOString()
  const answer = await post(
    'direct',
    `{"id":"n","occurredAt":"${occurredAt}","match":[],"set":{"phone":"1"}}`,
  )
  expect(answer).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/match', detail: expect.stringContaining('one to four') }] },
  })
})
