import { randomInt, randomUUID } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { post, read, secretOf } from '../support/sender.ts'
import { directChange, hubspotEvent } from '../support/sent-events.ts'

let stack: LocalStack
beforeAll(async () => {
  stack = await startLocalStack({
    port: 0,
    campaignPort: 0,
    log: recordedLog(),
    environment: { UNMATCHED: 'park' },
  })
})
afterAll(() => stack.close())

/** A person nobody else in these tests is, planted in Campaign. */
let person: { cusCrmId: string; email: string }
beforeEach(() => {
  const name = String(randomInt(2 ** 47))
  person = { cusCrmId: name, email: `${name}@mail.com` }
  stack.campaign.campaign.addProfiles([{ ...person, phone: '1' }])
})
const profile = () => stack.campaign.campaign.profiles().find(({ email }) => email === person.email)

/** Posts as anybody would who uses the standardwebhooks package. */
const send = async (change: object, prefer = 'wait=10') => {
  const body = JSON.stringify(change)
  const [id, now] = [`msg_${randomUUID()}`, new Date()]
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secretOf('direct')).sign(id, now, body),
    prefer,
  }
  return read(await fetch(`${stack.gateway.url}/webhooks/direct`, { method: 'POST', headers, body }))
}

describe('Prefer: wait', () => {
  it('answers after the change is applied: who it was, where, what changed, and that it was read back', async () => {
    const answer = await send(
      directChange({ match: { email: person.email }, set: { phone: '2', firstName: 'Amy' } }),
    )
    expect(answer.status).toBe(200)
    expect(answer.headers.get('preference-applied')).toBe('wait=10')
    expect(answer.body).toEqual({
      accepted: 1,
      ignored: 0,
      rejected: [],
      receipt: expect.any(String),
      results: [
        {
          id: 'evt_1',
          outcome: 'applied',
          PKey: expect.stringMatching(/^@/),
          href: expect.stringContaining(`${stack.campaign.url}/`),
          changed: expect.toSatisfy((names: string[]) => names.toSorted().join() === 'firstName,phone'),
          verified: true,
        },
      ],
    })
    expect(profile()).toMatchObject({ phone: '2', firstName: 'Amy' })
    expect(await stack.standIns.queueCounts()).toMatchObject({ changes: 0, parked: {} })
  })

  it('has one result for each accepted change, in their order, beside those refused', async () => {
    const match = { cusCrmId: person.cusCrmId }
    const answer = await send([
      directChange({ id: 'a', match, set: { phone: '2' } }),
      directChange({ id: '' }),
      directChange({ id: 'b', match, set: { lastName: 'Dakota' } }),
    ])
    expect(answer).toMatchObject({ status: 200, body: { accepted: 2, rejected: [{ index: 1 }] } })
    expect(answer.body.results).toMatchObject([
      { id: 'a', outcome: 'applied', changed: ['phone'] },
      { id: 'b', outcome: 'applied', changed: ['lastName'] },
    ])
  })

  it('tells a duplicate and a superseded change for what they are', async () => {
    const match = { cusCrmId: person.cusCrmId }
    const newer = directChange({
      id: 'newer',
      match,
      occurredAt: '2026-02-01T00:00:00Z',
      set: { phone: '2' },
    })
    const older = directChange({ id: 'older', match, set: { phone: '3' } })
    expect((await send(newer)).body.results).toMatchObject([{ outcome: 'applied' }])
    expect((await send(newer)).body.results).toEqual([{ id: 'newer', outcome: 'duplicate' }])
    expect((await send(older)).body.results).toEqual([{ id: 'older', outcome: 'superseded' }])
    expect(profile()).toMatchObject({ phone: '2' })
  })

  it('waits twenty seconds at most, and says what it used', async () => {
    const change = directChange({ match: { email: person.email } })
    expect((await send(change, 'respond-async, wait="99"')).headers.get('preference-applied')).toBe('wait=20')
  })

  it('is not applied where nobody asks for it, or asks for nothing', async () => {
    for (const prefer of ['respond-async', 'wait=0', 'wait=soon']) {
      const answer = await send(directChange({ match: { email: person.email } }), prefer)
      expect(answer.status).toBe(202)
      expect(answer.headers.get('preference-applied')).toBeNull()
      expect(answer.body).not.toHaveProperty('results')
    }
  })

  it('is not applied for a vendor, who reads no answer', async () => {
    const body = [hubspotEvent({ objectId: person.cusCrmId })]
    const answer = await post(stack.gateway.url, 'hubspot', { body, headers: { prefer: 'wait=10' } })
    expect(answer.status).toBe(202)
    expect(answer.headers.get('preference-applied')).toBeNull()
    expect(answer.body).not.toHaveProperty('results')
  })

  it('has nothing to wait for where all was ignored', async () => {
    const answer = await send(directChange({ match: { email: person.email }, set: {} }))
    expect(answer).toMatchObject({ status: 200, body: { accepted: 0, ignored: 1, results: [] } })
  })

  it('says that nobody matched, and the change is parked', async () => {
    const before = (await stack.standIns.queueCounts()).parked['unmatched'] ?? 0
    const answer = await send(directChange({ id: 'lost', match: { email: `nobody-${person.email}` } }))
    expect(answer.status).toBe(200)
    expect(answer.body.results).toEqual([
      { id: 'lost', outcome: 'unmatched', code: 'unmatched', detail: expect.any(String) },
    ])
    expect((await stack.standIns.queueCounts()).parked['unmatched']).toBe(before + 1)
  })

  it('does not repeat a value in what it says', async () => {
    const { body } = await send(
      directChange({ match: { email: `canary-${person.email}` }, set: { phone: '7301' } }),
    )
    expect(JSON.stringify(body)).not.toMatch(/canary|7301/)
  })
})

describe('a change that is not finished in time', () => {
  it('is queued, which the answer says, and is applied later', async () => {
    stack.campaign.campaign.setFaults([
      { match: { method: 'PATCH', path: '/' }, times: 1, answer: { status: 503, retryAfter: 1 } },
    ])
    const answer = await send(
      directChange({ id: 'late', match: { cusCrmId: person.cusCrmId }, set: { phone: '4' } }),
      'wait=1',
    )
    expect(answer).toMatchObject({
      status: 202,
      body: { accepted: 1, results: [{ id: 'late', outcome: 'queued' }] },
    })
    await expect.poll(() => profile(), { timeout: 10_000, interval: 50 }).toMatchObject({ phone: '4' })
  })
})

it('carries every character from the sender through the queue to the profile', async () => {
  const firstName = 'Zoë \uFFFF\uFFFE🚀 Łódź "\\'
  const answer = await post(stack.gateway.url, 'hubspot', {
    body: [
      hubspotEvent({ objectId: person.cusCrmId, propertyValue: firstName }),
      hubspotEvent({
        objectId: person.cusCrmId,
        eventId: 2,
        propertyName: 'lastname',
        propertyValue: 'Nguyễn 👩‍🚀',
      }),
    ],
  })
  expect(answer).toMatchObject({ status: 202, body: { accepted: 2 } })
  await expect
    .poll(() => profile(), { timeout: 10_000, interval: 50 })
    .toMatchObject({ firstName, lastName: 'Nguyễn 👩‍🚀' })
})
