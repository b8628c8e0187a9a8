import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { DeliverNowRequest } from '../../functions/change/deliver-now.ts'
import { post } from '../support/sender.ts'
import { directChange } from '../support/sent-events.ts'
import { startAccept } from './accept-under-test.ts'

let accept: Awaited<ReturnType<typeof startAccept>>
const asked: DeliverNowRequest[] = []
beforeAll(async () => {
  accept = await startAccept()
})
afterAll(() => accept.close())
beforeEach(() => {
  asked.length = 0
})

const answerWith = (answer: (request: DeliverNowRequest) => unknown) =>
  accept.standIns.registerFunction<DeliverNowRequest>('deliver-now', async (request) => {
    asked.push(request)
    return answer(request)
  })
const send = (...changes: object[]) =>
  post(accept.url, 'direct', { body: changes, headers: { prefer: 'wait=5' } })
const queued = async (queue: 'changes' | 'parked' = 'changes') =>
  (await accept.received(queue)).flatMap(({ Body = '' }) => JSON.parse(Body).changes)
const [first, second] = [directChange({ id: 'a' }), directChange({ id: 'b', match: { cusCrmId: '7' } })]
const done = { outcome: 'applied', changed: ['phone'], verified: true }

it('asks once, with the deadline and the changes as they would be queued', async () => {
  answerWith(() => ({ results: [done, done] }))
  const before = Date.now()
  const answer = await send(first, second)
  expect(answer).toMatchObject({
    status: 200,
    body: {
      results: [
        { id: 'a', ...done },
        { id: 'b', ...done },
      ],
    },
  })
  expect(await queued()).toEqual([])
  expect(asked).toHaveLength(1)
  expect(asked[0]).toMatchObject({ receipt: answer.body.receipt, changes: [{ id: 'a' }, { id: 'b' }] })
  expect(asked[0]?.deadline).toBeGreaterThanOrEqual(before + 5000)
  expect(asked[0]?.deadline).toBeLessThanOrEqual(Date.now() + 5000)
})

it('queues what was not finished, and only that', async () => {
  answerWith(() => ({ results: [done, { outcome: 'deferred', code: 'throttled' }] }))
  const answer = await send(first, second)
  expect(answer.status).toBe(202)
  expect(answer.headers.get('preference-applied')).toBe('wait=5')
  expect(answer.body.results).toEqual([
    { id: 'a', ...done },
    { id: 'b', outcome: 'queued' },
  ])
  expect(await queued()).toMatchObject([{ id: 'b', index: 1 }])
})

it('queues everything where nobody can say how it ended', async () => {
  const silences: readonly ((request: DeliverNowRequest) => unknown)[] = [
    () => {
      throw new Error('busy')
    },
    () => undefined,
    () => ({}),
    () => ({ results: [] }),
    () => ({ results: [{ outcome: 'marvellous' }, done] }),
    () => 'garbage',
  ]
  for (const silence of silences) {
    answerWith(silence)
    const answer = await send(first, second)
    expect(answer).toMatchObject({ status: 202, body: { accepted: 2, rejected: [] } })
    expect(answer.body.results).toEqual([
      { id: 'a', outcome: 'queued' },
      { id: 'b', outcome: 'queued' },
    ])
    expect((await queued()).map(({ id }) => id).toSorted()).toEqual(['a', 'b'])
    expect(asked.splice(0)).toHaveLength(1)
  }
})

it('puts aside what must be put aside, with its code, since deliver-now only reports', async () => {
  const aside = { outcome: 'ambiguous', code: 'ambiguous', detail: 'several profiles match' }
  answerWith(() => ({ results: [aside, done] }))
  const answer = await send(first, second)
  expect(answer).toMatchObject({
    status: 200,
    body: {
      results: [
        { id: 'a', ...aside },
        { id: 'b', ...done },
      ],
    },
  })
  expect(await queued()).toEqual([])
  const [message, ...others] = await accept.received('parked')
  expect(others).toEqual([])
  expect(JSON.parse(message?.Body ?? '')).toEqual({
    v: 1,
    receipt: answer.body.receipt,
    receivedAt: expect.any(Number),
    changes: [expect.objectContaining({ id: 'a', index: 0 })],
    parked: { code: 'ambiguous', detail: aside.detail, at: expect.any(Number), lane: 'changes' },
  })
})

it('does not ask where nothing is to be delivered', async () => {
  answerWith(() => ({ results: [] }))
  expect(await send(directChange({ set: {} }))).toMatchObject({
    status: 200,
    body: { ignored: 1, results: [] },
  })
  expect(asked).toEqual([])
})
