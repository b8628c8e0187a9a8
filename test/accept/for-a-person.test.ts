// What accept leaves to a person, on real queues: merges, deletions where DELETES says so, and nothing while observing.
import { describe, expect, it } from 'vitest'
import { sample } from '../change/recorded.ts'
import { post } from '../support/sender.ts'
import { directChange, hubspotEvent } from '../support/sent-events.ts'
import { startAccept } from './accept-under-test.ts'

type Accept = Awaited<ReturnType<typeof startAccept>>

const merged = sample('hubspot-contact-merge.json')
const gone = sample('hubspot-contact-deletion-and-privacyDeletion.json')
const send = (accept: Accept, body: unknown) => post(accept.url, 'hubspot', { body })
const bodiesOf = async (accept: Accept, queue: 'changes' | 'consent' | 'parked') =>
  (await accept.received(queue)).map(({ Body = '' }) => JSON.parse(Body))

describe('a merge in the CRM', () => {
  it('lies parked under its code, and the 202 says rejected', async () => {
    await using accept = await startAccept()
    const answer = await send(accept, [merged, hubspotEvent()].flat())
    const detail = 'two contacts were merged in the CRM: a person decides which profile stays'
    expect(answer).toMatchObject({
      status: 202,
      body: {
        accepted: 1,
        ignored: 0,
        rejected: [{ index: 0, code: 'merge', detail, pointer: '/0' }],
      },
    })
    expect((await accept.standIns.queueCounts()).parked).toEqual({ merge: 1 })
    expect(await bodiesOf(accept, 'parked')).toEqual([
      {
        v: 1,
        source: 'hubspot',
        event: [merged].flat()[0],
        parked: { code: 'merge', detail: `/0 ${detail}`, at: expect.any(Number), lane: 'changes' },
      },
    ])
  })
})

describe('a deletion in the CRM', () => {
  const started = (DELETES: string) => startAccept({ environment: { DELETES } })

  it('lies parked under its code where DELETES is park', async () => {
    await using accept = await started('park')
    const answer = await send(accept, gone)
    expect(answer).toMatchObject({
      status: 202,
      body: { accepted: 0, ignored: 0, rejected: [{ code: 'privacy-deletion' }, { code: 'deletion' }] },
    })
    expect((await accept.standIns.queueCounts()).parked).toEqual({ 'privacy-deletion': 1, deletion: 1 })
  })

  it('is queued as the change that DELETES names', async () => {
    for (const [name, queue, change] of [
      ['delete', 'changes', { action: 'delete', set: {} }],
      ['opt-out', 'consent', { action: 'update', set: { blackList: true } }],
    ] as const) {
      await using accept = await started(name)
      expect(await send(accept, gone)).toMatchObject({ status: 202, body: { accepted: 2, rejected: [] } })
      expect(await bodiesOf(accept, queue)).toMatchObject([{ changes: [change, change] }])
      expect(await bodiesOf(accept, 'parked')).toEqual([])
    }
  })

  it('leaves nothing anywhere where nothing is said', async () => {
    await using accept = await startAccept()
    expect(await send(accept, gone)).toMatchObject({ status: 202, body: { accepted: 0, ignored: 2 } })
    expect(await accept.standIns.queueCounts()).toMatchObject({ changes: 0, parked: {} })
  })
})

describe('while observing', () => {
  const observing = () => startAccept({ environment: { MODE: 'observe' } })

  it('nothing is parked; the answer and the log tell what was rejected, and the good is queued', async () => {
    await using accept = await observing()
    const answer = await send(accept, [merged, hubspotEvent(), hubspotEvent({ objectId: null })].flat())
    expect(answer).toMatchObject({
      status: 202,
      body: { accepted: 1, ignored: 0, rejected: [{ code: 'merge' }, { index: 2, code: 'invalid' }] },
    })
    expect(await accept.standIns.queueCounts()).toMatchObject({ changes: 1, parked: {} })
    expect(accept.log.lines).toContainEqual(
      expect.objectContaining({ message: 'delivery.decoded', accepted: 1, rejected: ['merge', 'invalid'] }),
    )
  })

  it('nothing is parked of what deliver-now reports either; the answer tells it', async () => {
    await using accept = await observing()
    const aside = { outcome: 'ambiguous', code: 'ambiguous', detail: 'several profiles match' }
    const observed = { outcome: 'observed', code: 'applied', changed: ['phone'] }
    accept.standIns.registerFunction('deliver-now', async () => ({ results: [aside, observed] }))
    const body = [directChange({ id: 'a' }), directChange({ id: 'b', match: { cusCrmId: '7' } })]
    expect(await post(accept.url, 'direct', { body, headers: { prefer: 'wait=5' } })).toMatchObject({
      status: 200,
      body: {
        results: [
          { id: 'a', ...aside },
          { id: 'b', ...observed },
        ],
      },
    })
    expect(await accept.standIns.queueCounts()).toMatchObject({ changes: 0, parked: {} })
  })

  it('a delivery needs no parked queue that can be reached', async () => {
    const PARKED_QUEUE_URL = 'http://127.0.0.1:9/000000000000/absent.fifo'
    await using accept = await startAccept({ environment: { MODE: 'observe', PARKED_QUEUE_URL } })
    expect(await send(accept, merged)).toMatchObject({ status: 202, body: { rejected: [{}] } })
  })
})
