import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { localCredentials } from '../../infra/local/credentials.ts'
import { handMovedTime } from '../support/hand-moved-time.ts'
import { post, secretOf } from '../support/sender.ts'
import { directChange, hubspotEvent } from '../support/sent-events.ts'
import { startAccept } from './accept-under-test.ts'

const time = handMovedTime()
const next = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
let accept: Awaited<ReturnType<typeof startAccept>>
beforeAll(async () => {
  accept = await startAccept({ time })
})
afterAll(() => accept.close())

const set = (direct: unknown, others: object = { hubspot: localCredentials.sources['hubspot'] }) =>
  accept.standIns.secrets.set('sources', { ...others, direct })
beforeEach(() => {
  set(localCredentials.sources['direct'])
  accept.standIns.secrets.setReachable(true)
  // What was held or asked in the test before counts no more.
  time.move(6 * 60_000)
})

const statusOf = async (secret: string) =>
  (await post(accept.url, 'direct', { body: directChange(), secret, at: time.now() })).status

describe('a secret is rotated without an outage', () => {
  it('where the new one is listed before anyone signs with it', async () => {
    expect(await statusOf(secretOf('direct'))).toBe(202)
    set([next, secretOf('direct')])
    time.move(5 * 60_000)
    for (const secret of [secretOf('direct'), next]) expect(await statusOf(secret)).toBe(202)
    set([next])
    time.move(5 * 60_000)
    expect(await statusOf(next)).toBe(202)
    expect(await statusOf(secretOf('direct'))).toBe(401)
  })

  it('where a sender signs with one that we have not read yet', async () => {
    expect(await statusOf(secretOf('direct'))).toBe(202)
    set([next, secretOf('direct')])
    // No time has passed: the unknown signature makes us look again.
    expect(await statusOf(next)).toBe(202)
  })

  it('for all of many deliveries that come at once', async () => {
    expect(await statusOf(secretOf('direct'))).toBe(202)
    const before = accept.standIns.secrets.reads('sources')
    set([next, secretOf('direct')])
    const statuses = await Promise.all(Array.from({ length: 10 }, () => statusOf(next)))
    expect(statuses).toEqual(Array(10).fill(202))
    expect(accept.standIns.secrets.reads('sources') - before).toBe(1)
  })
})

it('looks again at most every thirty seconds, whoever forges', async () => {
  const forged = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
  expect(await statusOf(secretOf('direct'))).toBe(202)
  const before = accept.standIns.secrets.reads('sources')
  for (let count = 0; count < 5; count += 1) expect(await statusOf(forged)).toBe(401)
  expect(accept.standIns.secrets.reads('sources') - before).toBe(1)
  time.move(29_999)
  expect(await statusOf(forged)).toBe(401)
  expect(accept.standIns.secrets.reads('sources') - before).toBe(1)
  time.move(1)
  expect(await statusOf(forged)).toBe(401)
  expect(accept.standIns.secrets.reads('sources') - before).toBe(2)
})

describe('Secrets Manager out of reach', () => {
  it('leaves the old secret serving, however long', async () => {
    expect(await statusOf(secretOf('direct'))).toBe(202)
    accept.standIns.secrets.setReachable(false)
    for (const minutes of [1, 5, 60]) {
      time.move(minutes * 60_000)
      expect(await statusOf(secretOf('direct'))).toBe(202)
    }
    expect(await statusOf(next)).toBe(401)
  })

  it('is a 503 with Retry-After where none is held', async () => {
    await using fresh = await startAccept()
    fresh.standIns.secrets.setReachable(false)
    const answer = await post(fresh.url, 'direct', { body: directChange() })
    expect(answer).toMatchObject({ status: 503, body: { status: 503, title: 'Service Unavailable' } })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    // A source that is not in the mapping is unknown all the same.
    expect((await fetch(`${fresh.url}/webhooks/salesforce`, { method: 'POST' })).status).toBe(404)
    fresh.standIns.secrets.setReachable(true)
    expect(await post(fresh.url, 'direct', { body: directChange() })).toMatchObject({ status: 202 })
  })
})

describe('a source without a secret', () => {
  it('does not exist', async () => {
    for (const none of [undefined, []]) {
      set(none)
      time.move(6 * 60_000)
      expect(await statusOf(secretOf('direct'))).toBe(404)
      expect(await post(accept.url, 'hubspot', { body: [hubspotEvent()], at: time.now() })).toMatchObject({
        status: 202,
      })
    }
  })

  it('does not exist where its secrets are none of its scheme, which is logged without them', async () => {
    const wrong = ['plain-text', 'whsec_c2hvcnQ=', 'whsec_', `${secretOf('direct')}!`]
    for (const secret of wrong) {
      set([secret])
      time.move(6 * 60_000)
      expect(await statusOf(secret), secret).toBe(404)
      expect(await statusOf(secretOf('direct')), secret).toBe(404)
    }
    expect(accept.log.lines).toContainEqual({
      level: 'error',
      message: 'secret.unusable',
      source: 'direct',
      count: 1,
    })
    expect(JSON.stringify(accept.log.lines)).not.toContain('plain-text')
  })

  it('exists from the first delivery after it is given one', async () => {
    set(undefined)
    time.move(6 * 60_000)
    expect(await statusOf(secretOf('direct'))).toBe(404)
    set([secretOf('direct')])
    time.move(30_000)
    expect(await statusOf(secretOf('direct'))).toBe(202)
  })

  it('of a usable and an unusable one goes by the usable', async () => {
    set(['plain-text', secretOf('direct')])
    time.move(6 * 60_000)
    expect(await statusOf(secretOf('direct'))).toBe(202)
  })
})

describe('a secret that is not what it should be', () => {
  it('fails closed where none is held, with its text nowhere', async () => {
    for (const sources of ['canary7301', '{"direct":"canary7301"}', { direct: [''] }, { direct: [7] }, []]) {
      await using fresh = await startAccept({ secrets: { sources } })
      const answer = await post(fresh.url, 'direct', { body: directChange(), secret: 'whsec_' })
      expect(answer.status, JSON.stringify(sources)).toBe(503)
      expect(answer.headers.get('retry-after')).not.toBeNull()
      expect(JSON.stringify([answer.body, fresh.log.lines])).not.toContain('canary')
      expect(fresh.log.lines).toContainEqual(
        expect.objectContaining({ message: 'secret.unavailable', code: 'secret-malformed' }),
      )
      expect(await fresh.received('changes')).toEqual([])
    }
  })

  it('leaves the old one serving where one is held', async () => {
    expect(await statusOf(secretOf('direct'))).toBe(202)
    accept.standIns.secrets.set('sources', 'no JSON')
    time.move(6 * 60_000)
    expect(await statusOf(secretOf('direct'))).toBe(202)
  })

  it('queues nothing where it is the pseudonym key', async () => {
    await using fresh = await startAccept({ secrets: { pseudonym: 'short' } })
    expect(await post(fresh.url, 'direct', { body: directChange() })).toMatchObject({ status: 503 })
    expect(await fresh.received('changes')).toEqual([])
  })
})
