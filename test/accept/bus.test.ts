// What comes by a bus or is put into the inbox, on real queues: taken as a webhook's bodies are, and never lost.
import { SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBus } from '../../functions/accept/bus.ts'
import { realTime } from '../../functions/runtime/time.ts'
import { localCredentials } from '../../infra/local/credentials.ts'
import { anEvent, busMappings, inInbox } from '../support/inbox-messages.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { recordedMetrics } from '../support/recorded-metrics.ts'
import { proofOf } from '../support/sender.ts'
import { directChange, hubspotEvent } from '../support/sent-events.ts'
import { startAccept } from './accept-under-test.ts'
import { startBus } from './bus-under-test.ts'

let bus: Awaited<ReturnType<typeof startBus>>
beforeAll(async () => {
  bus = await startBus()
})
afterAll(() => bus[Symbol.asyncDispose]())
beforeEach(async () => {
  for (const queue of ['changes', 'consent', 'parked'] as const) await bus.received(queue)
  bus.log.lines.length = 0
})

it('of a source that SOURCES does not name is nobody’s', async () => {
  await using some = await startBus({ environment: { SOURCES: 'hubspot,direct' } })
  expect(await some.take(inInbox(anEvent(directChange())))).toEqual([])
  expect((await some.received('parked')).map(({ body }) => body.parked.code)).toEqual(['source-unknown'])
})

const BIG = '1745500706683617281'

describe('an event of EventBridge', () => {
  it('is queued as the change that its detail is, under the id and the time of its message', async () => {
    const sentAt = Date.now() - 60_000
    expect(await bus.take(inInbox(anEvent(directChange()), { messageId: 'm-1', sentAt }))).toEqual([])
    const [message, ...others] = await bus.received('changes')
    expect(others).toEqual([])
    expect(message?.body).toEqual({
      v: 1,
      receipt: 'm-1',
      receivedAt: sentAt,
      hop: 0,
      changes: [
        {
          id: 'evt_1',
          index: 0,
          source: 'crm',
          occurredAt: Date.parse('2026-01-01T00:00:00Z'),
          action: 'update',
          match: [{ attribute: 'email', value: 'amy.dakota@mail.com' }],
          set: { phone: '3301020304' },
          restate: {},
        },
      ],
    })
    expect(bus.log.lines).toEqual([
      {
        level: 'info',
        message: 'delivery.decoded',
        source: 'crm',
        status: 202,
        receipt: 'm-1',
        accepted: 1,
        indexes: '0',
        ignored: [],
        rejected: [],
      },
    ])
  })

  it('may hold several changes, of which those that touch consent take their own lane', async () => {
    const optOut = directChange({ id: 'evt_2', match: { cusCrmId: '7' }, set: { blackListEmail: true } })
    await bus.take(inInbox(anEvent([directChange(), optOut])))
    const idsIn = async (queue: 'changes' | 'consent') =>
      (await bus.received(queue)).flatMap(({ body }) => body.changes.map(({ id }: { id: string }) => id))
    expect([await idsIn('changes'), await idsIn('consent')]).toEqual([['evt_1'], ['evt_2']])
  })

  it('keeps every digit of a number beyond 2^53, in what is queued and in what is parked', async () => {
    const [good, bad] = ['"set":{"phone":"1"}', '"set":{"phone":"1"},"version":9007199254740993'].map(
      (more) =>
        anEvent(`{"id":"evt_1","occurredAt":"2026-01-01T00:00:00Z","match":{"cusCrmId":${BIG}},${more}}`),
    )
    await bus.take(inInbox(good), inInbox(bad))
    const [queued] = await bus.received('changes')
    expect(queued?.body.changes[0].match).toEqual([{ attribute: 'cusCrmId', value: BIG }])
    const [parked] = await bus.received('parked')
    expect(parked?.body.event).toMatchObject({ match: { cusCrmId: BIG }, version: '9007199254740993' })
  })

  it('is the same delivery when its message is handed out again, so that nothing is queued or parked twice', async () => {
    const record = inInbox(anEvent([directChange(), directChange({ id: '' })]))
    expect(await bus.take(record)).toEqual([])
    expect(await bus.take(record)).toEqual([])
    expect(await bus.received('changes')).toHaveLength(1)
    expect(await bus.received('parked')).toHaveLength(1)
    // Not so an event that EventBridge sends twice, or replays: whether it is one is the ledger's to say.
    await bus.take(inInbox(record.body), inInbox(anEvent(directChange(), { 'replay-name': 'refill' })))
    expect(await bus.received('changes')).toHaveLength(2)
  })

  it('is judged by when it came, however late it is read', async () => {
    const occurredAt = new Date(Date.now() - 10 * 60_000).toISOString()
    await bus.take(inInbox(anEvent(directChange({ occurredAt })), { sentAt: Date.now() - 60 * 60_000 }))
    expect((await bus.received('parked')).map(({ body }) => body.parked.code)).toEqual(['future'])
  })
})

it('is an event by its envelope, whatever attributes its message has', async () => {
  await bus.take(inInbox(anEvent(directChange()), { source: 'hubspot' }))
  expect((await bus.received('changes'))[0]?.body.changes[0].source).toBe('crm')
})

describe('a body put straight into the inbox', () => {
  it('belongs to the source that its attribute names', async () => {
    await bus.take(inInbox(directChange(), { source: 'crm' }))
    const [message] = await bus.received('changes')
    expect(message?.body.changes[0]).toMatchObject({ id: 'evt_1', source: 'crm' })
  })

  it('belongs to the one that mappings.ts names where it names none itself', async () => {
    const erp = { kind: 'direct', bus: [] }
    const mappings = { ...busMappings, sources: { ...busMappings.sources, erp }, inbox: 'erp' }
    await using configured = await startBus({ mappings })
    await configured.take(inInbox(directChange()), inInbox(directChange({ id: '2' }), { source: 'crm' }))
    const sources = (await configured.received('changes')).map(({ body }) => body.changes[0].source)
    expect(sources.toSorted()).toEqual(['crm', 'erp'])
    // A name that cannot be read is not the same as none.
    const binary = inInbox(directChange())
    binary.messageAttributes['source'] = { binaryValue: 'Y3Jt', dataType: 'Binary' }
    await configured.take(binary)
    expect((await configured.standIns.queueCounts()).parked).toEqual({ 'source-unknown': 1 })
  })
})

describe('what nobody can decode is parked with its reason, and does not come again:', () => {
  const secret = 'canary@example.com'
  it.each([
    ['a body that is not JSON', `{"email":"${secret}"`, {}, 'unreadable', ''],
    ['an empty body', '', {}, 'unreadable', ''],
    [
      'an event of no source of ours',
      anEvent({ id: secret }, { source: secret }),
      {},
      'source-unknown',
      secret,
    ],
    [
      'an event of a name that is ours',
      anEvent({ id: secret }, { source: 'crm' }),
      {},
      'source-unknown',
      'crm',
    ],
    ['a body that names no source', { id: secret }, {}, 'source-unknown', ''],
    ['a body that names nobody', { id: secret }, { source: secret }, 'source-unknown', secret],
    [
      'a body that names what every object has',
      { id: secret },
      { source: 'constructor' },
      'source-unknown',
      'constructor',
    ],
    [
      'a body that names a source of webhooks',
      directChange(),
      { source: 'direct' },
      'source-unknown',
      'direct',
    ],
    ['a body that is no change', { id: secret }, { source: 'crm' }, 'invalid', 'crm'],
    ['a body that is null', 'null', { source: 'crm' }, 'invalid', 'crm'],
    ['an event whose detail is text', anEvent(`"${secret}"`), {}, 'invalid', 'crm'],
    ['an event with an empty list', anEvent([]), {}, 'invalid', 'crm'],
    ['an event with too many changes', anEvent(Array(101).fill(directChange())), {}, 'invalid', 'crm'],
  ])('%s', async (_what, body, given, code, source) => {
    const record = inInbox(body, given)
    expect(await bus.take(record)).toEqual([])
    const [message, ...others] = await bus.received('parked')
    expect(others).toEqual([])
    expect(message?.body).toMatchObject({ v: 1, source, parked: { code, lane: 'changes' } })
    expect(message?.body.event).toBeDefined()
    expect((await bus.standIns.queueCounts()).changes).toBe(0)
    expect(bus.log.lines).toMatchObject([
      { message: 'delivery.decoded', receipt: record.messageId, accepted: 0, rejected: [code] },
    ])
    expect(JSON.stringify([bus.log.lines, message?.body.parked])).not.toContain(secret)
  })

  it('an event without a detail', async () => {
    const { detail: _detail, ...envelope } = JSON.parse(anEvent(directChange()))
    expect(await bus.take(inInbox(envelope))).toEqual([])
    expect(await bus.received('parked')).toHaveLength(1)
  })

  it('one of several changes, while the others are queued', async () => {
    await bus.take(inInbox(anEvent([directChange(), directChange({ match: { email: 7 } })])))
    expect(await bus.received('changes')).toHaveLength(1)
    const [parked] = await bus.received('parked')
    expect(parked?.body.parked.detail).toMatch(/^\/1\/match\/email must /)
    expect(parked?.body.event).toMatchObject({ match: { email: 7 } })
  })

  it('what is nested too deep to be written again, by the beginning of its text', async () => {
    const deep = anEvent(`{"id":"evt_deep","set":${'['.repeat(90_000)}${']'.repeat(90_000)}}`)
    expect(await bus.take(inInbox(deep))).toEqual([])
    const [parked] = await bus.received('parked')
    expect(deep.startsWith(parked?.body.event.beginning)).toBe(true)
    expect(parked?.body.event.beginning).toContain('evt_deep')
  })

  it('what claims to be of a source whose name is longer than a message may be', async () => {
    const claimed = anEvent({}, { source: '\u{1F600}'.repeat(100_000) })
    expect(await bus.take(inInbox(claimed))).toEqual([])
    const [parked] = await bus.received('parked')
    expect(parked?.body.source).toHaveLength(256)
  })

  it('what makes the decoding itself fail', async () => {
    let isArmed = false
    const fields = {
      get firstname(): string {
        if (isArmed) throw new Error(`what ${secret} says`)
        return 'firstName'
      },
    }
    const match = [{ field: 'objectId', attribute: 'cusCrmId' }]
    const hubspot = { kind: 'hubspot', tenants: 'any', match, fields, bus: [] } as const
    await using broken = await startBus({
      mappings: { ...busMappings, sources: { ...busMappings.sources, hubspot } },
    })
    isArmed = true
    expect(await broken.take(inInbox([hubspotEvent()], { source: 'hubspot' }))).toEqual([])
    expect((await broken.standIns.queueCounts()).parked).toEqual({ unreadable: 1 })
    expect(broken.log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'event.undecodable', cause: 'Error' }),
    )
    expect(JSON.stringify(broken.log.lines)).not.toContain(secret)
  })
})

describe('where something cannot be reached', () => {
  // A port nobody listens on.
  const nowhere = 'http://127.0.0.1:9/000000000000/absent.fifo'

  it('only the messages that need it come again', async () => {
    await using cut = await startBus({ environment: { CHANGES_QUEUE_URL: nowhere } })
    const optOut = inInbox(anEvent(directChange({ set: { blackList: true } })))
    const half = inInbox(anEvent([directChange(), { id: 'bad' }]))
    const bad = inInbox('no JSON')
    expect(await cut.take(optOut, half, bad)).toEqual([half.messageId])
    expect(await cut.received('consent')).toHaveLength(1)
    expect(cut.log.lines).toContainEqual(
      expect.objectContaining({ message: 'delivery.decoded', receipt: half.messageId, status: 503 }),
    )
  })

  it('all of them do while no queue is there, and nothing is said to be accepted', async () => {
    const settings = { region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } }
    const sqs = new SQSClient({ ...settings, endpoint: 'http://127.0.0.1:9', maxAttempts: 1 })
    await using cut = await startBus({ sqs })
    const records = [inInbox(anEvent(directChange())), inInbox('no JSON')]
    expect(await cut.take(...records)).toEqual(records.map(({ messageId }) => messageId))
    expect(cut.log.lines.filter(({ status }) => status === 202)).toEqual([])
  })

  it('all of them do while the pseudonym key cannot be read, and are taken afterwards', async () => {
    await using cut = await startBus()
    const records = [inInbox(anEvent(directChange())), inInbox('no JSON')]
    cut.standIns.secrets.setReachable(false)
    expect(await cut.take(...records)).toEqual(records.map(({ messageId }) => messageId))
    expect(cut.log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'secret.unavailable', code: 'secret-unreachable' }),
    )
    cut.standIns.secrets.setReachable(true)
    expect(await cut.take(...records)).toEqual([])
    expect(await cut.standIns.queueCounts()).toMatchObject({ changes: 1, parked: { unreadable: 1 } })
  })

  it('a source whose kind cannot be loaded keeps its messages until it is mended, and no others', async () => {
    const later = { kind: 'not-there-yet', bus: ['com.example.later'] }
    await using broken = await startBus({
      mappings: { ...busMappings, sources: { ...busMappings.sources, later } },
    })
    const waiting = inInbox(anEvent(directChange(), { source: 'com.example.later' }))
    expect(await broken.take(waiting, inInbox(anEvent(directChange())))).toEqual([waiting.messageId])
    expect(broken.log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'inbox.failed', receipt: waiting.messageId }),
    )
    expect(await broken.standIns.queueCounts()).toMatchObject({ changes: 1, parked: {} })
  })
})

it('leaves to the next invocation what this one has no time for, and keeps what it has done', async () => {
  let left = 30_000
  await using hurried = await startBus({ remaining: () => (left -= 10_000) })
  const records = [1, 2, 3].map((number) =>
    inInbox(anEvent(directChange({ id: `evt_${number}`, match: { cusCrmId: `crm-${number}` } }))),
  )
  expect(await hurried.take(...records)).toEqual(records.slice(1).map(({ messageId }) => messageId))
  expect(await hurried.received('changes')).toHaveLength(1)
})

it('parks nothing while observing, and tells it all the same', async () => {
  await using observing = await startBus({
    environment: { MODE: 'observe', PARKED_QUEUE_URL: 'http://127.0.0.1:9/x' },
  })
  expect(await observing.take(inInbox('no JSON'), inInbox(anEvent([directChange(), 'x'])))).toEqual([])
  expect(await observing.standIns.queueCounts()).toMatchObject({ changes: 1, parked: {} })
  expect([...observing.metrics.values.keys()].toSorted()).toEqual(['Accepted', 'Rejected'])
  expect(observing.log.lines.flatMap(({ rejected }) => rejected)).toEqual(['unreadable', 'invalid'])
})

it('counts what was taken and what was parked, and nothing of a message that comes again', async () => {
  await using counted = await startBus({ environment: { CONSENT_QUEUE_URL: 'http://127.0.0.1:9/absent' } })
  const uncounted = anEvent([directChange({ set: { blackList: true } }), 'bad'])
  await counted.take(inInbox(anEvent([directChange(), 'bad'])), inInbox('no JSON'), inInbox(uncounted))
  expect(Object.fromEntries(counted.metrics.values)).toEqual({
    Accepted: [1],
    Rejected: [1, 1],
    ParkedInvalid: [1],
    ParkedUnreadable: [1],
  })
})

it('does not start on a fault of its environment or of mappings.ts, and names every one', () => {
  const create =
    (environment: Record<string, string>, mappings = busMappings) =>
    () => {
      const settings = { region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } }
      const sqs = new SQSClient(settings)
      return createBus({
        environment,
        mappings,
        clients: { sqs, secretsManager: bus.standIns.clients().secretsManager },
        time: realTime,
        log: recordedLog(),
        metrics: recordedMetrics(),
      })
    }
  expect(create({})).toThrow(
    /^cannot start.*PSEUDONYM_SECRET_ID.*CHANGES_QUEUE_URL.*CONSENT.*PARKED_QUEUE_URL is not set$/,
  )
  const environment = {
    BUSINESS_KEY: 'cusCrmId',
    PSEUDONYM_SECRET_ID: 'pseudonym',
    CHANGES_QUEUE_URL: 'https://sqs/changes.fifo',
    CONSENT_QUEUE_URL: 'https://sqs/consent.fifo',
    PARKED_QUEUE_URL: 'https://sqs/parked.fifo',
  }
  expect(create(environment)).not.toThrow()
  const twice = { ...busMappings, sources: { ...busMappings.sources, erp: busMappings.sources.crm } }
  expect(create(environment, twice)).toThrow(
    /mappings\.ts: sources\.erp\.bus: com\.example\.crm belongs to sources\.crm/,
  )
})

describe('a source of the bus', () => {
  const statusOf = async (sources: object) => {
    await using accept = await startAccept({ mappings: busMappings, secrets: { sources } })
    const url = `${accept.url}/webhooks/crm`
    const headers = {
      'content-type': 'application/json',
      ...proofOf(url, 'direct', { body: directChange() }),
    }
    return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(directChange()) })).status
  }
  const { direct } = localCredentials.sources

  it('cannot be reached at its webhook while it has no secret', async () => {
    expect(await statusOf({ direct })).toBe(404)
  })

  it('can be, like any other, once it has one', async () => {
    expect(await statusOf({ crm: direct })).toBe(202)
  })
})
