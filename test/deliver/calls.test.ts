// Engine calls are paid for: what each way of matching costs, and what costs nothing.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson, type Person } from '../support/person.ts'
import { aChange, aRecord } from '../support/records.ts'

let delivery: Delivery
let ada: Person
beforeAll(async () => {
  delivery = await startDelivery()
  // The token is asked for before anything is counted.
  await delivery.deliverNow([aChange({ match: [aPerson(delivery).key], set: { phone: '1' } })])
})
afterAll(() => delivery[Symbol.asyncDispose]())
beforeEach(() => {
  ada = aPerson(delivery)
})
const minute = (number: number) => Date.parse('2026-11-22T09:00:00Z') + number * 60_000

it('takes one call per applied change matched by business key', async () => {
  await delivery.deliverNow([aChange({ match: [ada.key], set: { phone: '1' } })])
  expect(ada.calls()).toBe(1)
})

it('takes two calls by email the first time and one while the match is remembered', async () => {
  for (const number of [1, 2, 3]) {
    await delivery.deliverNow([
      aChange({ match: [ada.email], set: { phone: `${number}` }, occurredAt: minute(number) }),
    ])
  }
  expect(ada.requests().map(({ method }) => method)).toEqual(['GET', 'PATCH', 'PATCH', 'PATCH'])
})

it('asks again by email for every change of consent', async () => {
  await delivery.deliverNow([aChange({ match: [ada.email], set: { phone: '1' } })])
  await delivery.deliverNow([aChange({ match: [ada.email], set: { blackListEmail: true } })])
  expect(ada.requests().map(({ method }) => method)).toEqual(['GET', 'PATCH', 'GET', 'PATCH'])
})

it('takes no call for what is a duplicate or superseded, by key or while remembered', async () => {
  const change = aChange({ match: [ada.email], set: { phone: '1' }, occurredAt: minute(2) })
  await delivery.deliverNow([change])
  const before = ada.calls()
  const older = aChange({ match: [ada.key], set: { phone: '0' }, occurredAt: minute(1) })
  expect(await delivery.deliverNow([change, older])).toMatchObject([
    { outcome: 'duplicate' },
    { outcome: 'superseded' },
  ])
  expect(ada.calls()).toBe(before)
})

it('makes one PATCH of a profile’s changes in several messages, by several match keys', async () => {
  const answer = await delivery.deliverBatch([
    aRecord([
      aChange({ match: [ada.key], set: { phone: '1' } }),
      aChange({ match: [ada.key], set: { fax: '2' } }),
    ]),
    aRecord([aChange({ match: [ada.email], set: { firstName: 'Ada' } })]),
    aRecord([aChange({ match: [ada.email], set: { 'location.city': 'London', 'location.zipCode': 'W1' } })]),
  ])
  expect(answer).toEqual({ batchItemFailures: [] })
  expect(ada.requests().map(({ method }) => method)).toEqual(['GET', 'PATCH'])
  expect(ada.profile()).toMatchObject({
    ...{ phone: '1', fax: '2', firstName: 'Ada' },
    location: { city: 'London', zipCode: 'W1' },
  })
})

it('books the calls of a merged PATCH on its first change', async () => {
  const lines = await delivery.outcomesOf([
    aChange({ match: [ada.email], set: { phone: '1' } }),
    aChange({ match: [ada.email], set: { fax: '2' } }),
  ])
  expect(lines.map(({ engineCalls }) => engineCalls)).toEqual([2, 0])
})

it('works the profiles of a batch side by side', async () => {
  delivery.campaign.settings({ latencyMs: 100 })
  const people = Array.from({ length: 10 }, () => aPerson(delivery))
  const started = performance.now()
  await delivery.deliverNow(people.map(({ key }) => aChange({ match: [key], set: { phone: '1' } })))
  expect(performance.now() - started).toBeLessThan(600)
  delivery.campaign.settings({ latencyMs: 0 })
})

it('sends the headers of the vendor’s recipe', async () => {
  const seen: NodeJS.Dict<string | string[]>[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers)
    response.setHeader('content-type', 'application/json')
    response.end(
      request.url?.startsWith('/ims/')
        ? '{"access_token":"token","expires_in":86399}'
        : '{"PKey":"@x","href":"h"}',
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : ''
  const worker = delivery.startWorker({ CAMPAIGN_URL: url, IMS_URL: url })
  await delivery.deliverNow([aChange({ match: [ada.key], set: { phone: '1' } })], worker)
  expect(seen.at(-1)).toMatchObject({
    authorization: 'Bearer token',
    'x-api-key': 'local-client-id',
    'cache-control': 'no-cache',
    'content-type': 'application/json',
  })
  server.closeAllConnections()
  server.close()
})
