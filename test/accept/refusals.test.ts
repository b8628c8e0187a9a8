import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { type Answer, type Posted, post, proofOf, read, type SourceName } from '../support/sender.ts'
import { directChange, hubspotEvent } from '../support/sent-events.ts'

const log = recordedLog()
let stack: LocalStack
beforeAll(async () => {
  stack = await startLocalStack({ port: 0, campaignPort: 0, log })
})
afterAll(() => stack.close())
// Runs before the stack ends: whatever was refused here left no trace anywhere.
afterAll(async () => {
  expect(stack.campaign.campaign.requests()).toEqual([])
  expect(await stack.standIns.queueCounts()).toEqual({
    changes: 0,
    consent: 0,
    inbox: 0,
    waiting: 0,
    parked: {},
  })
})

const send = (posted: Posted, source: SourceName = 'direct') => post(stack.gateway.url, source, posted)
const at = (path: string) => `${stack.gateway.url}${path}`
const mebibyte = 1024 * 1024

const expectProblem = (answer: Answer, status: number) => {
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) })
}

describe('404', () => {
  it('answers a source that is not configured, whatever the method, size or type', async () => {
    for (const name of [
      'salesforce',
      '__proto__',
      'constructor',
      'HubSpot',
      'direct%20',
      '..%2Fhubspot',
      '%00',
    ]) {
      for (const method of ['POST', 'GET', 'PUT']) {
        const body = method === 'GET' ? null : 'x'.repeat(name === 'salesforce' ? 2 * mebibyte : 1)
        expectProblem(await read(await fetch(at(`/webhooks/${name}`), { method, body })), 404)
      }
    }
  })

  it('answers any other path', async () => {
    for (const path of [
      '/',
      '/webhooks',
      '/webhooks/',
      '/webhooks/direct/',
      '/webhooks/direct/x',
      '/healthy',
    ]) {
      expectProblem(await read(await fetch(at(path), { method: 'POST', body: '{}' })), 404)
    }
  })
})

describe('405', () => {
  it('answers any method but POST, and says so, before it looks at size, type or signature', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const body = method === 'GET' ? null : 'x'.repeat(mebibyte + 1)
      const answer = await read(await fetch(at('/webhooks/direct'), { method, body }))
      expectProblem(answer, 405)
      expect(answer.headers.get('allow')).toBe('POST')
    }
  })

  it('answers any method but GET on /health', async () => {
    const answer = await read(await fetch(at('/health'), { method: 'POST' }))
    expectProblem(answer, 405)
    expect(answer.headers.get('allow')).toBe('GET')
    expect(await read(await fetch(at('/health')))).toMatchObject({ status: 200, body: { status: 'ok' } })
  })
})

describe('413', () => {
  it('answers a body over 1 MiB, before it looks at type or signature', async () => {
    const unsigned = { 'content-type': 'text/plain' }
    for (const bytes of [mebibyte + 1, 2 * mebibyte]) {
      expectProblem(
        await read(
          await fetch(at('/webhooks/direct'), { method: 'POST', headers: unsigned, body: 'x'.repeat(bytes) }),
        ),
        413,
      )
      expectProblem(await send({ body: 'x'.repeat(bytes) }), 413)
    }
  })

  it('counts bytes, not characters, and lets exactly 1 MiB through', async () => {
    expectProblem(await send({ body: 'é'.repeat(mebibyte / 2 + 1) }), 413)
    // Not JSON, which is seen only after the size, the type and the signature.
    expectProblem(await send({ body: 'é'.repeat(mebibyte / 2) }), 400)
  })
})

describe('415', () => {
  it('answers what is not JSON, before it looks at the signature', async () => {
    for (const type of [
      'text/plain',
      'application/xml',
      'text/json',
      'application/jsonp',
      'application/x-www-form-urlencoded',
      'json',
      'application/json+xml',
      '+json',
    ]) {
      expectProblem(
        await read(
          await fetch(at('/webhooks/direct'), {
            method: 'POST',
            headers: { 'content-type': type },
            body: '{}',
          }),
        ),
        415,
      )
    }
  })

  it('takes application/json, +json and no type at all', async () => {
    for (const type of [
      'application/json',
      'Application/JSON; charset=utf-8',
      'application/cloudevents+json',
      'application/vnd.acme+v2+json',
      '',
    ]) {
      // Reaches the JSON, which there is none of.
      expectProblem(await send({ body: 'x', headers: { 'content-type': type } }), 400)
    }
  })
})

describe('401', () => {
  const body = JSON.stringify([directChange()])
  const expectRefused = async (
    posted: Omit<Posted, 'body'> & { body?: string },
    source: SourceName = 'direct',
  ) => {
    const answer = await send({ body, ...posted }, source)
    expectProblem(answer, 401)
    expect(JSON.stringify(answer.body)).not.toContain('amy')
  }

  it('answers a delivery that is not signed', async () => {
    for (const source of ['direct', 'hubspot']) {
      for (const text of [body, 'not JSON', '']) {
        const headers = { 'content-type': 'application/json' }
        expectProblem(
          await read(await fetch(at(`/webhooks/${source}`), { method: 'POST', headers, body: text })),
          401,
        )
      }
    }
  })

  it('answers a delivery signed by somebody else', async () => {
    await expectRefused({ secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}` })
    await expectRefused({ secret: 'somebody-else' }, 'hubspot')
  })

  it('answers a delivery whose body is not the one that was signed', async () => {
    const headers = {
      'content-type': 'application/json',
      ...proofOf(at('/webhooks/direct'), 'direct', { body }),
    }
    const forged = body.replace('amy', 'bob')
    expectProblem(
      await read(await fetch(at('/webhooks/direct'), { method: 'POST', headers, body: forged })),
      401,
    )
    expectProblem(
      await read(await fetch(at('/webhooks/direct'), { method: 'POST', headers, body: ` ${body}` })),
      401,
    )
  })

  it('answers a stale or a future-dated delivery', async () => {
    for (const source of ['direct', 'hubspot'] as const) {
      for (const offset of [-302_000, 302_000, -86_400_000, 86_400_000]) {
        await expectRefused({ at: Date.now() + offset }, source)
      }
    }
  })

  it('answers malformed headers, never with a 500', async () => {
    for (const value of ['', 'v1', 'v1,', 'v1,@@@', 'x'.repeat(4000), 'v2,abc', '"', '\t']) {
      await expectRefused({ headers: { 'webhook-signature': value } })
      await expectRefused({ headers: { 'webhook-timestamp': value } })
      await expectRefused({ headers: { 'x-hubspot-signature-v3': value } }, 'hubspot')
      await expectRefused({ headers: { 'x-hubspot-request-timestamp': value } }, 'hubspot')
    }
  })

  it('answers a HubSpot delivery signed for another address', async () => {
    const elsewhere = proofOf('https://hooks.example.com/webhooks/hubspot', 'hubspot', { body })
    await expectRefused({ headers: elsewhere }, 'hubspot')
    const withoutQuery = proofOf(at('/webhooks/hubspot'), 'hubspot', { body })
    await expectRefused({ headers: withoutQuery, query: '?a=b' }, 'hubspot')
  })

  it('does not fall back to the older signatures of HubSpot', async () => {
    const headers = {
      'content-type': 'application/json',
      'x-hubspot-signature': 'a'.repeat(64),
      'x-hubspot-signature-version': 'v1',
    }
    expectProblem(await read(await fetch(at('/webhooks/hubspot'), { method: 'POST', headers, body })), 401)
  })
})

describe('400', () => {
  it('answers a signed body that is not JSON', async () => {
    for (const source of ['direct', 'hubspot'] as const) {
      for (const body of ['', 'x', '{', '[{]', '<a/>']) expectProblem(await send({ body }, source), 400)
    }
  })
})

describe('422', () => {
  it('answers a direct body without one valid change, every fault by its pointer', async () => {
    const answer = await send({
      body: [directChange({ set: { age: 1, 'a/b': 1 } }), { ...directChange(), extra: 1 }],
    })
    expectProblem(answer, 422)
    expect(answer.body.errors).toEqual([
      { pointer: '/0/set/age', detail: expect.any(String) },
      { pointer: '/0/set/a~1b', detail: expect.any(String) },
      { pointer: '/1/extra', detail: expect.any(String) },
    ])
  })

  it('points from the start of the body where it is an object', async () => {
    const answer = await send({ body: directChange({ set: { age: 1 } }) })
    expectProblem(answer, 422)
    expect(answer.body.errors).toEqual([{ pointer: '/set/age', detail: 'cannot be written in Campaign' }])
  })

  it('answers no change, and more than a hundred', async () => {
    for (const count of [0, 101]) {
      const answer = await send({ body: Array(count).fill(directChange()) })
      expectProblem(answer, 422)
      expect(answer.body.errors).toEqual([{ pointer: '', detail: expect.stringMatching(/^must hold at/) }])
    }
  })

  it('answers other actions, one that holds what it must not, __proto__ and a key that is ..', async () => {
    const change = JSON.stringify(directChange())
    const bodies = {
      '/action': directChange({ action: 'purge' }),
      '/set': directChange({ action: 'delete' }),
      '/match': directChange({ action: 'upsert', match: { PKey: '@a' } }),
      '/__proto__': change.replace('{', '{"__proto__":{"x":1},'),
      '/set/__proto__': change.replace('"phone"', '"__proto__"'),
      '/match/cusCrmId': directChange({ match: { cusCrmId: '..' } }),
    }
    for (const [pointer, body] of Object.entries(bodies)) {
      const answer = await send({ body })
      expectProblem(answer, 422)
      expect(answer.body.errors).toMatchObject([{ pointer }])
    }
  })

  it('never repeats a value', async () => {
    const canary = 'canary7301'
    const answer = await send({
      body: directChange({ id: `${canary} `, match: { email: canary }, set: { birthDate: canary } }),
    })
    expectProblem(answer, 422)
    expect(JSON.stringify(answer.body)).not.toContain(canary)
    expect(JSON.stringify(log.lines)).not.toContain(canary)
  })

  it('comes after the signature', async () => {
    expectProblem(await send({ body: [], secret: `whsec_${Buffer.alloc(32).toString('base64')}` }), 401)
    expectProblem(await send({ body: [hubspotEvent({ objectId: null })], secret: 'x' }, 'hubspot'), 401)
  })
})
