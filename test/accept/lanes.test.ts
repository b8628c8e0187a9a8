// Which queue a change goes to: what touches consent has a lane of its own.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { post } from '../support/sender.ts'
import { directChange } from '../support/sent-events.ts'
import { startAccept } from './accept-under-test.ts'

let accept: Awaited<ReturnType<typeof startAccept>>
beforeAll(async () => {
  accept = await startAccept()
})
afterAll(() => accept.close())

const amy = { email: 'amy@mail.com' }
const bob = { email: 'bob@mail.com' }
const send = (body: unknown) => post(accept.url, 'direct', { body })
const queued = async (queue: 'changes' | 'consent') =>
  (await accept.received(queue)).map(({ Body = '{}', Attributes }) => ({
    ids: JSON.parse(Body).changes.map(({ id }: { id: string }) => id),
    group: Attributes?.['MessageGroupId'],
    body: JSON.parse(Body),
  }))

it('is the lane of consent for a flag that is set or repeated, and that of changes for all else', async () => {
  await send([
    directChange({ id: 'a', match: amy, set: { blackListEmail: true } }),
    directChange({ id: 'b', match: bob, set: {}, restate: { ccpaOptOut: true } }),
    directChange({ id: 'c', match: { email: 'eve@mail.com' }, set: { phone: '1' } }),
  ])
  expect((await queued('consent')).map(({ ids }) => ids).toSorted()).toEqual([['a'], ['b']])
  expect((await queued('changes')).map(({ ids }) => ids)).toEqual([['c']])
})

it('is one lane for all changes of one match in one delivery, in their order', async () => {
  await send([
    directChange({ id: 'a', match: amy, set: { phone: '1' } }),
    directChange({ id: 'b', match: bob, set: { phone: '1' } }),
    directChange({ id: 'c', match: { email: 'AMY@mail.com' }, set: { blackList: true } }),
  ])
  expect((await queued('consent')).map(({ ids }) => ids)).toEqual([['a', 'c']])
  expect((await queued('changes')).map(({ ids }) => ids)).toEqual([['b']])
})

it('has bodies and groups as the other has', async () => {
  await send(directChange({ id: 'a', match: amy, set: { phone: '1' } }))
  await send(directChange({ id: 'a', match: amy, set: { blackList: true } }))
  const [[change], [consent]] = [await queued('changes'), await queued('consent')]
  expect(consent?.group).toBe(change?.group)
  const differs = { receipt: expect.any(String), receivedAt: expect.any(Number), changes: expect.anything() }
  expect(consent?.body).toEqual({ ...change?.body, ...differs })
})
