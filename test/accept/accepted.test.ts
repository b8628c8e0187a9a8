import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Posted, post, proofOf, read, type SourceName } from '../support/sender.ts'
import { directChange, hubspotEvent } from '../support/sent-events.ts'
import { startAccept } from './accept-under-test.ts'

let accept: Awaited<ReturnType<typeof startAccept>>
beforeAll(async () => {
  accept = await startAccept()
})
afterAll(() => accept.close())
beforeEach(async () => {
  await accept.received('changes')
  await accept.received('parked')
})

const send = (body: unknown, source: SourceName = 'direct', more: Omit<Posted, 'body'> = {}) =>
  post(accept.url, source, { body, ...more })
const received = async (queue: 'changes' | 'parked') =>
  (await accept.received(queue)).map((message) => ({ ...message, body: JSON.parse(message.Body ?? '') }))

describe('the counts of an answer', () => {
  it('are those of the events of the body, and the bad ones are said by place, code and pointer', async () => {
    const answer = await send([
      directChange({ id: 'a' }),
      directChange({ id: 'b', set: { age: 1 } }),
      directChange({ id: 'c', set: {}, restate: { phone: null } }),
      directChange({ id: 'd', occurredAt: '9999-01-01T00:00:00Z', set: { nope: 1 } }),
      directChange({ id: 'e' }),
    ])
    expect(answer.status).toBe(202)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.body).toEqual({
      accepted: 2,
      ignored: 1,
      rejected: [
        {
          index: 1,
          code: 'attribute-read-only',
          detail: 'cannot be written in Campaign',
          pointer: '/1/set/age',
        },
        { index: 3, code: 'future', detail: 'is more than five minutes ahead', pointer: '/3/occurredAt' },
      ],
      receipt: expect.stringMatching(/^[\w-]{8,}$/),
    })
  })

  it('add up for a hundred changes of which one is bad', async () => {
    const changes = Array.from({ length: 100 }, (_, index) => directChange({ id: `evt_${index}` }))
    changes[57] = directChange({ id: '' })
    const { status, body } = await send(changes)
    expect(status).toBe(202)
    expect([body.accepted, body.ignored, body.rejected.length]).toEqual([99, 0, 1])
    expect(body.rejected[0]).toMatchObject({ index: 57, pointer: '/57/id' })
    const [message, ...others] = await received('changes')
    expect(others).toEqual([])
    expect(message?.body.changes).toHaveLength(99)
  })

  it('are not lowered by changes that travel together', async () => {
    const events = ['firstname', 'lastname', 'city'].map((propertyName) => hubspotEvent({ propertyName }))
    expect((await send(events, 'hubspot')).body).toMatchObject({ accepted: 3, ignored: 0, rejected: [] })
    expect(await received('changes')).toHaveLength(1)
  })

  it('are a 202 where all was ignored, or the vendor sent nothing', async () => {
    for (const body of [
      [hubspotEvent({ subscriptionType: 'contact.creation' }), hubspotEvent({ propertyName: 'x' })],
      [],
    ]) {
      const answer = await send(body, 'hubspot')
      expect(answer.status).toBe(202)
      expect(answer.body).toMatchObject({ accepted: 0, ignored: body.length, rejected: [] })
    }
    expect(await received('changes')).toEqual([])
  })

  it('are a 202 where a valid change had nothing to write, whatever was bad beside it', async () => {
    const idle = directChange({ id: 'idle', set: {} })
    expect(await send(idle)).toMatchObject({ status: 202, body: { accepted: 0, ignored: 1, rejected: [] } })
    const answer = await send([idle, directChange({ id: '' })])
    expect(answer).toMatchObject({ status: 202, body: { accepted: 0, ignored: 1, rejected: [{ index: 1 }] } })
  })
})

it('gives every delivery a receipt of its own', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(directChange())))
  expect(new Set(answers.map(({ body }) => body.receipt)).size).toBe(20)
})

describe('a queued message', () => {
  it('is exactly what the contract says', async () => {
    const before = Date.now()
    const { body } = await send([
      directChange({ id: 'a', sequence: '007', match: [{ cusCrmId: 7 }, { email: 'Amy@Mail.com' }] }),
      directChange({ id: 'b', match: { cusCrmId: '7' }, set: {}, restate: { location: { city: 'Łódź' } } }),
    ])
    const [message, ...others] = await received('changes')
    expect(others).toEqual([])
    const common = { source: 'direct', occurredAt: Date.parse('2026-01-01T00:00:00Z'), action: 'update' }
    expect(message?.body).toEqual({
      v: 1,
      receipt: body.receipt,
      receivedAt: expect.any(Number),
      hop: 0,
      changes: [
        {
          ...common,
          id: 'a',
          index: 0,
          sequence: '007',
          match: [
            { attribute: 'cusCrmId', value: '7' },
            { attribute: 'email', value: 'Amy@Mail.com' },
          ],
          set: { phone: '3301020304' },
          restate: {},
        },
        {
          ...common,
          id: 'b',
          index: 1,
          match: [{ attribute: 'cusCrmId', value: '7' }],
          set: {},
          restate: { 'location.city': 'Łódź' },
        },
      ],
    })
    expect(message?.body.receivedAt).toBeGreaterThanOrEqual(before)
    expect(message?.body.receivedAt).toBeLessThanOrEqual(Date.now())
    expect(message?.Attributes).toMatchObject({ MessageDeduplicationId: `${body.receipt}-0-0` })
  })

  it('has a group that no value can be read off, one per first match entry, emails without case', async () => {
    await send([
      directChange({ id: 'a' }),
      directChange({ id: 'b', match: { email: 'AMY.Dakota@mail.com' } }),
      directChange({
        id: 'c',
        match: [{ cusCrmId: 'amy.dakota@mail.com' }, { email: 'amy.dakota@mail.com' }],
      }),
    ])
    const messages = await received('changes')
    expect(messages.map(({ body }) => body.changes.length).toSorted()).toEqual([1, 2])
    const groups = messages.map(({ Attributes }) => Attributes?.MessageGroupId)
    expect(new Set(groups).size).toBe(2)
    for (const group of groups) expect(group).toMatch(/^[\w-]{43}$/)
  })

  it('is one per profile however many profiles there are', async () => {
    const changes = Array.from({ length: 25 }, (_, index) =>
      directChange({ id: `evt_${index}`, match: { cusCrmId: index } }),
    )
    expect((await send(changes)).body.accepted).toBe(25)
    const messages = await received('changes')
    expect(messages.map(({ body }) => body.changes[0].match[0].value).toSorted()).toEqual(
      changes.map((_, index) => String(index)).toSorted(),
    )
    expect(new Set(messages.map(({ Attributes }) => Attributes?.MessageDeduplicationId)).size).toBe(25)
  })

  it('keeps the digits of a long key, from any source', async () => {
    await send(
      JSON.stringify(directChange({ match: { cusCrmId: 0 } })).replace(':0}', ':1745500706683617281}'),
    )
    await send(JSON.stringify([hubspotEvent()]).replace('1246965', '1745500706683617283'), 'hubspot')
    const values = (await received('changes')).map(({ body }) => body.changes[0].match[0].value)
    expect(values.toSorted()).toEqual(['1745500706683617281', '1745500706683617283'])
  })

  it('keeps every character that a text may have', async () => {
    const phone = '\uFFFF\uFFFE🚀 é"\\\n\u001F'
    await send(directChange({ set: { phone } }))
    expect((await received('changes'))[0]?.body.changes[0].set).toEqual({ phone })
  })
})

describe("a vendor's bad event", () => {
  it('is parked as it came with its code, beside good ones that are queued', async () => {
    const bad = hubspotEvent({ objectId: { nested: [1] }, propertyValue: 'x\uFFFF🚀' })
    const before = Date.now()
    const answer = await send(
      [hubspotEvent(), bad, hubspotEvent({ eventId: 2, propertyName: 'email', propertyValue: 'amy' })],
      'hubspot',
    )
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({
      accepted: 1,
      ignored: 0,
      rejected: [
        { index: 1, code: 'invalid', pointer: '/1/objectId' },
        { index: 2, code: 'value-invalid', pointer: '/2/propertyValue' },
      ],
    })
    expect(await received('changes')).toHaveLength(1)
    const parked = await received('parked')
    const [first] = parked.filter(({ body }) => body.parked.code === 'invalid')
    expect(first?.body).toEqual({
      v: 1,
      source: 'hubspot',
      event: bad,
      parked: {
        code: 'invalid',
        detail: expect.stringContaining('/1/objectId'),
        at: expect.any(Number),
        lane: 'changes',
      },
    })
    expect(first?.body.parked.at).toBeGreaterThanOrEqual(before)
    expect(parked.map(({ Attributes }) => Attributes?.MessageDeduplicationId).toSorted()).toEqual([
      `${answer.body.receipt}-1-0`,
      `${answer.body.receipt}-2-0`,
    ])
    // A group of its own each, so that nothing waits behind it.
    expect(new Set(parked.map(({ Attributes }) => Attributes?.MessageGroupId)).size).toBe(2)
  })

  it('is counted by its code', async () => {
    await send(
      [hubspotEvent({ objectId: null }), hubspotEvent({ propertyName: 'email', propertyValue: 'amy' })],
      'hubspot',
    )
    const { changes, parked } = await accept.standIns.queueCounts()
    expect({ changes, parked }).toEqual({ changes: 0, parked: { invalid: 1, 'value-invalid': 1 } })
  })

  it('is a 202 even where it is all there is, since the vendor would send it again and again', async () => {
    const answer = await send([hubspotEvent({ objectId: null }), 'x', null], 'hubspot')
    expect(answer).toMatchObject({ status: 202, body: { accepted: 0, ignored: 0, rejected: [{}, {}, {}] } })
    expect((await received('parked')).map(({ body }) => body.event)).toEqual(
      expect.arrayContaining([hubspotEvent({ objectId: null }), 'x', null]),
    )
  })

  it('loses no half of a character on the way', async () => {
    await send(JSON.stringify([hubspotEvent({ propertyValue: 'a\uD800b' })]), 'hubspot')
    const [parked] = await received('parked')
    expect(parked?.body).toMatchObject({
      event: { propertyValue: 'a\uD800b' },
      parked: { code: 'value-invalid' },
    })
  })
})

it('does not park a bad direct change: its sender is told', async () => {
  await send([directChange(), directChange({ id: '' })])
  await send(directChange({ id: '' }))
  expect(await received('parked')).toEqual([])
})

describe('a body', () => {
  it('may come in base64, as of a type that API Gateway takes for binary', async () => {
    for (const type of ['application/vnd.acme+json', 'application/cloudevents+json', '']) {
      const answer = await send(directChange(), 'direct', { headers: { 'content-type': type } })
      expect(answer).toMatchObject({ status: 202, body: { accepted: 1 } })
    }
  })

  it('is signed over its address with the query as it was sent', async () => {
    for (const query of ['?a=b', '?a=%2Fb%20c&a=d', '?next=https%3A%2F%2Fexample.com']) {
      expect(await send([hubspotEvent()], 'hubspot', { query }), query).toMatchObject({ status: 202 })
    }
  })

  it('may be one event of HubSpot outside an array', async () => {
    expect(await send(hubspotEvent(), 'hubspot')).toMatchObject({ status: 202, body: { accepted: 1 } })
    const { body } = await send(hubspotEvent({ objectId: null }), 'hubspot')
    expect(body.rejected).toMatchObject([{ index: 0, pointer: '/objectId' }])
  })
})

it('takes a sender at the last moment of its signature', async () => {
  const url = `${accept.url}/webhooks/direct`
  const body = JSON.stringify(directChange())
  const headers = {
    'content-type': 'application/json',
    ...proofOf(url, 'direct', { body, at: Date.now() - 297_000 }),
  }
  expect(await read(await fetch(url, { method: 'POST', headers, body }))).toMatchObject({ status: 202 })
})

it('writes no value into the log', async () => {
  const values = ['Canaria', '3305550199', 'canary@mail.com', '770077']
  await send([
    directChange({
      match: [{ cusCrmId: values[3] }, { email: values[2] }],
      set: { firstName: values[0], phone: values[1] },
    }),
  ])
  await send(
    [
      hubspotEvent({ propertyValue: values[0], objectId: values[3] }),
      hubspotEvent({ propertyName: 'date_of_birth', propertyValue: values[0] }),
    ],
    'hubspot',
  )
  const text = JSON.stringify(accept.log.lines)
  for (const value of values) expect(text).not.toContain(value)
  expect(accept.log.lines).toContainEqual(
    expect.objectContaining({
      message: 'delivery.decoded',
      source: 'hubspot',
      accepted: 1,
      indexes: '0',
      rejected: ['value-invalid'],
    }),
  )
})
