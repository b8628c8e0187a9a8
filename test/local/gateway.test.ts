import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { expect, it } from 'vitest'
import { GATEWAY_BODY_BYTES, type GatewaySettings, startGateway } from '../../infra/local/aws/gateway.ts'
import { handMovedTime } from '../support/hand-moved-time.ts'

const started = async (settings: Partial<GatewaySettings> = {}) => {
  const events: APIGatewayProxyEventV2[] = []
  const reports: string[] = []
  const handler = async (event: APIGatewayProxyEventV2): Promise<unknown> => {
    events.push(event)
    return { statusCode: 200 }
  }
  const report = (message: string) => reports.push(message)
  const gateway = await startGateway({ port: 0, handler, report, ...settings })
  return { events, reports, gateway, url: gateway.url, [Symbol.asyncDispose]: gateway.close }
}

// fetch tidies paths and headers up; node:http sends what it is given.
const send = async (url: string, path: string, headers: Record<string, string | string[]> = {}) => {
  const sent = request(new URL(url), { path, headers }).end()
  const [answer]: IncomingMessage[] = await once(sent, 'response')
  return { status: answer?.statusCode, body: answer && (await text(answer)) }
}

it('hands the function the event of payload format 2.0', async () => {
  const time = handMovedTime(Date.parse('2026-03-12T19:03:58.123Z'))
  await using local = await started({ time })
  await fetch(`${local.url}/webhooks/hubspot?a=1`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'User-Agent': 'crm/1' },
    body: '{"é":1}',
  })
  expect(local.events).toMatchObject([
    {
      version: '2.0',
      routeKey: 'ANY /webhooks/{source}',
      rawPath: '/webhooks/hubspot',
      rawQueryString: 'a=1',
      pathParameters: { source: 'hubspot' },
      queryStringParameters: { a: '1' },
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'crm/1' },
      body: '{"é":1}',
      isBase64Encoded: false,
      requestContext: {
        domainName: '127.0.0.1',
        http: {
          method: 'POST',
          path: '/webhooks/hubspot',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'crm/1',
        },
        routeKey: 'ANY /webhooks/{source}',
        stage: '$default',
        time: '12/Mar/2026:19:03:58 +0000',
        timeEpoch: 1773342238123,
      },
    },
  ])
})

it('joins repeated headers and query values with commas and gives cookies a field of their own', async () => {
  await using local = await started()
  await send(local.url, '/webhooks/direct?tag=b&tag=a&__proto__=x', {
    'Webhook-Signature': ['v1,one', 'v1,two'],
    Cookie: 'a=1; b=2',
  })
  const [event] = local.events
  expect(event?.headers).toMatchObject({ 'webhook-signature': 'v1,one,v1,two' })
  expect(event?.headers).not.toHaveProperty('cookie')
  expect(event?.cookies).toEqual(['a=1', 'b=2'])
  expect(Object.entries(event?.queryStringParameters ?? {})).toEqual([
    ['tag', 'b,a'],
    ['__proto__', 'x'],
  ])
})

it('decodes the path and leaves the query as it was sent', async () => {
  await using local = await started()
  await send(local.url, '/webhooks/hub%73pot%2Feu?next=%2Fa%20b?c')
  expect(local.events).toMatchObject([
    {
      rawPath: '/webhooks/hubspot/eu',
      rawQueryString: 'next=%2Fa%20b?c',
      pathParameters: { source: 'hubspot/eu' },
      queryStringParameters: { next: '/a b?c' },
    },
  ])
})

it('answers 400 by itself to a path that cannot be decoded', async () => {
  await using local = await started()
  expect(await send(local.url, '/webhooks/%zz')).toEqual({ status: 400, body: '{"message":"Bad Request"}' })
  expect(local.events).toEqual([])
})

it.each([
  ['GET', '/health', 'GET /health'],
  ['DELETE', '/webhooks/direct', 'ANY /webhooks/{source}'],
  ['OPTIONS', '/webhooks/direct', 'ANY /webhooks/{source}'],
  ['POST', '/health', '$default'],
  ['GET', '/webhooks', '$default'],
  ['GET', '/_local/queues', '$default'],
])('leaves %s %s to the function, under the route %s', async (method, path, routeKey) => {
  await using local = await started()
  await fetch(local.url + path, { method })
  expect(local.events).toMatchObject([{ routeKey, isBase64Encoded: false }])
  expect(local.events[0]).not.toHaveProperty('body')
})

it.each([
  ['application/json', 'text', '{"a":1}'],
  ['TEXT/XML; charset=utf-8', 'text', '<a/>'],
  ['application/cloudevents+json', 'base64', '{"a":1}'],
  ['application/octet-stream', 'base64', Buffer.from([0, 255, 10])],
  ['application/json', 'base64', Buffer.from([0x22, 0xff, 0x22])],
  ['', 'base64', '{"a":1}'],
])('keeps every byte of a %j body, as %s', async (contentType, form, body) => {
  await using local = await started()
  const headers: Record<string, string> = contentType === '' ? {} : { 'content-type': contentType }
  await fetch(`${local.url}/webhooks/direct`, {
    method: 'POST',
    headers,
    body: new Uint8Array(Buffer.from(body)),
  })
  const [event] = local.events
  expect(event?.isBase64Encoded).toBe(form === 'base64')
  expect(Buffer.from(event?.body ?? '', form === 'base64' ? 'base64' : 'utf8')).toEqual(Buffer.from(body))
})

it('refuses a body over ten megabytes without asking the function', async () => {
  await using local = await started()
  const post = (bytes: number) =>
    fetch(`${local.url}/webhooks/direct`, { method: 'POST', body: new Uint8Array(bytes) })
  const answer = await post(GATEWAY_BODY_BYTES + 1)
  expect([answer.status, await answer.text()]).toEqual([413, '{"message":"Request Entity Too Large"}'])
  expect(local.events).toEqual([])
  expect((await post(GATEWAY_BODY_BYTES)).status).toBe(200)
})

it('answers 500 in the words of AWS when the function throws, and tells it', async () => {
  const handler = async () => {
    throw new Error('boom')
  }
  await using local = await started({ handler })
  const answer = await fetch(`${local.url}/webhooks/direct`)
  expect([answer.status, await answer.text()]).toEqual([500, '{"message":"Internal Server Error"}'])
  expect(local.reports).toEqual(['the function webhook failed'])
})

it('answers 500 when the function outlives its time', async () => {
  const time = handMovedTime()
  const remaining: number[] = []
  const stuck = Promise.withResolvers<void>()
  await using local = await started({
    time,
    functionTimeoutMilliseconds: 5000,
    handler: async (_event, context) => {
      remaining.push(context.getRemainingTimeInMillis())
      time.move(5000)
      remaining.push(context.getRemainingTimeInMillis())
      await stuck.promise
    },
  })
  expect((await fetch(`${local.url}/webhooks/direct`)).status).toBe(500)
  expect(remaining).toEqual([5000, 0])
  stuck.resolve()
})

it.each([
  ['an object without a status', { hello: 1 }, 200, 'application/json', '{"hello":1}'],
  ['a text', 'hello', 200, 'application/json', 'hello'],
  ['nothing', undefined, 200, 'application/json', 'null'],
  ['a status alone', { statusCode: 204 }, 204, null, ''],
  ['a body alone', { statusCode: 202, body: 'ok' }, 202, 'text/plain; charset=utf-8', 'ok'],
  [
    'a structure',
    { statusCode: 401, headers: { 'Content-Type': 'application/problem+json' }, body: '{}' },
    401,
    'application/problem+json',
    '{}',
  ],
  [
    'bytes in base64',
    { statusCode: 200, headers: { 'content-type': 'a/b' }, body: 'aGk=', isBase64Encoded: true },
    200,
    'a/b',
    'hi',
  ],
  [
    'a body that is no text',
    { statusCode: 200, body: { a: 1 } },
    500,
    'application/json',
    '{"message":"Internal Server Error"}',
  ],
])(
  'turns %s into the answer that API Gateway makes of it',
  async (_case, returned, status, contentType, body) => {
    await using local = await started({ handler: async () => returned })
    const answer = await fetch(`${local.url}/webhooks/direct`)
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      status,
      contentType,
      body,
    ])
  },
)

it('sets each cookie and header that the function returns, but frames the answer itself', async () => {
  const headers = { Allow: 'POST', 'Retry-After': 3, 'Content-Length': '999' }
  await using local = await started({
    handler: async () => ({ statusCode: 200, headers, cookies: ['a=1', 'b=2; Secure'], body: 'é' }),
  })
  const answer = await fetch(`${local.url}/webhooks/direct`)
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2; Secure'])
  expect([answer.headers.get('allow'), answer.headers.get('retry-after')]).toEqual(['POST', '3'])
  expect(await answer.text()).toBe('é')
})

it('answers 500 to a header that no answer can carry', async () => {
  await using local = await started({
    handler: async () => ({ statusCode: 200, headers: { allow: 'a\nb' } }),
  })
  expect((await fetch(`${local.url}/webhooks/direct`)).status).toBe(500)
  expect(local.reports).toEqual(['the gateway failed'])
})

it('forgets a sender that leaves half way', async () => {
  await using local = await started()
  const sender = connect(local.gateway.port, '127.0.0.1')
  sender.write(
    'POST /webhooks/direct HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n',
  )
  // The gateway says "100 Continue": it waits for the body.
  await once(sender, 'data')
  sender.write('{"half":')
  sender.destroy()
  expect((await fetch(`${local.url}/health`)).status).toBe(200)
  expect([local.events.length, local.reports]).toEqual([1, []])
})

it('says that it is starting until it is ready, and then leaves the question to the function', async () => {
  let ready = false
  await using local = await started({ isReady: () => ready })
  const before = await fetch(`${local.url}/health`)
  expect([before.status, await before.json()]).toEqual([503, { status: 'starting' }])
  ready = true
  expect((await fetch(`${local.url}/health`)).status).toBe(200)
  expect(local.events).toHaveLength(1)
})

it('shows the queues as they are counted for it', async () => {
  await using local = await started({ queueCounts: async () => ({ changes: 2 }) })
  const answer = await fetch(`${local.url}/_local/queues`)
  expect([answer.status, await answer.json()]).toEqual([200, { changes: 2 }])
  expect(local.events).toEqual([])
})

it('rejects with the error of node when the port is in use', async () => {
  await using local = await started()
  await expect(started({ port: local.gateway.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
    port: local.gateway.port,
  })
})

it('ends every connection at once when it closes, though the function still runs', async () => {
  const entered = Promise.withResolvers<void>()
  const stuck = Promise.withResolvers<void>()
  const local = await started({
    handler: async () => {
      entered.resolve()
      await stuck.promise
    },
  })
  const waiting = fetch(`${local.url}/webhooks/direct`).catch((error: Error) => error.message)
  const idle = connect(local.gateway.port, '127.0.0.1')
  await entered.promise
  await local.gateway.close()
  expect(await waiting).toBe('fetch failed')
  if (!idle.closed) await once(idle, 'close')
  stuck.resolve()
})
