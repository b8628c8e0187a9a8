// The SDK sends a call again whose answer was lost, though it took effect: a lease must not become its own enemy.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDynamodbLedger } from '../../functions/deliver/ledger/dynamodb-ledger.ts'
import { deathsOf } from '../../functions/deliver/ledger/in-hand.ts'
import { realTime } from '../../functions/runtime/time.ts'
import { createLedgerTable, startDynamodb } from '../../infra/local/aws/dynamodb-stand-in.ts'

let lose = 0
const closing: (() => Promise<unknown> | unknown)[] = []
let client: DynamoDBClient
beforeAll(async () => {
  const dynamodb = await startDynamodb()
  // Between the client and DynamoDB: passes every call on, and drops as many answers as are to be lost.
  const between = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { host: _host, connection: _connection, ...headers } = request.headers
    const answer = await fetch(dynamodb.url, {
      method: 'POST',
      headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
      body: Buffer.concat(chunks),
    })
    const body = Buffer.from(await answer.arrayBuffer())
    if (lose > 0) {
      lose -= 1
      request.socket.resetAndDestroy()
      return
    }
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(body)
  }).listen(0, '127.0.0.1')
  await once(between, 'listening')
  const address = between.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  client = new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: `http://127.0.0.1:${address.port}`,
    maxAttempts: 3,
  })
  closing.push(
    () => client.destroy(),
    () => between.closeAllConnections(),
    () => between.close(),
    () => dynamodb.close(),
  )
  await createLedgerTable(client, 'ledger')
})
afterAll(async () => {
  for (const close of closing) await close()
})

const take = (identity: string, owner: string, names: readonly string[] = []) =>
  createDynamodbLedger(client, 'ledger', realTime).take({
    identity,
    owner,
    until: Date.now() + 60_000,
    names,
  })

it('takes the lease though the answer to taking it was lost', async () => {
  lose = 1
  expect(await take('lost-take', 'me')).toMatchObject({ owner: 'me' })
  expect(lose).toBe(0)
})

it('knows that it gave the lease back though the answer to that was lost, with the clocks recorded', async () => {
  const ledger = createDynamodbLedger(client, 'ledger', realTime)
  const lease = await take('lost-give-back', 'me')
  if (!lease) throw new Error('the lease is held')
  lose = 1
  expect(await ledger.giveBack(lease, { phone: 'c1' })).toBe(true)
  expect(await take('lost-give-back', 'you')).toMatchObject({ clocks: { phone: 'c1' } })
})

it('knows that it recorded though the answer to that was lost, and leaves the lease as it was', async () => {
  const ledger = createDynamodbLedger(client, 'ledger', realTime)
  const lease = await take('lost-record', 'me')
  if (!lease) throw new Error('the lease is held')
  lose = 1
  expect(await ledger.record(lease, { phone: 'c1' })).toBe(true)
  expect([lose, await take('lost-record', 'you')]).toEqual([0, undefined])
  expect(await ledger.giveBack(lease, {})).toBe(true)
  expect(await take('lost-record', 'you')).toMatchObject({ clocks: { phone: 'c1' } })
})

it('counts whom it takes the lease for, and begins alone, once though the answers were lost', async () => {
  const ledger = createDynamodbLedger(client, 'ledger', realTime)
  const now = Date.now()
  const dying = { identity: 'lost-begin', owner: 'dead', until: now - 3000, names: ['in-hand-'] }
  lose = 1
  const lease = await ledger.take(dying)
  if (!lease) throw new Error('the lease is held')
  expect([lose, lease.attempts, lease.marks]).toEqual([0, 0, []])
  lose = 1
  expect(await ledger.begin(lease)).toBe(true)
  const next = await take('lost-begin', 'me', ['in-hand-'])
  expect([lose, next?.marks.length]).toEqual([0, 1])
  expect(next && deathsOf(next, 'in-hand-')).toEqual({ amongOthers: 0, alone: 1 })
})
