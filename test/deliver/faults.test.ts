// What comes back and when: nothing is parked that should wait, and a lost answer is never taken for a refusal.
import { beforeEach, describe, expect, it } from 'vitest'
import { LedgerError } from '../../functions/deliver/ledger/ledger.ts'
import type { FaultInput } from '../../infra/local/campaign/faults.ts'
import { aChange, aRecord } from '../support/records.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

let simulation: Simulation
beforeEach(() => {
  simulation = startSimulation()
  simulation.campaign.addProfiles([{ cusCrmId: 'ada' }, { cusCrmId: 'bob' }])
})
const ada = { attribute: 'cusCrmId', value: 'ada' }
const bob = { attribute: 'cusCrmId', value: 'bob' }
const phoneOf = (key: string) =>
  simulation.campaign.profiles().find(({ cusCrmId }) => cusCrmId === key)?.['phone']
const patches = () => simulation.campaign.requests().filter(({ method }) => method === 'PATCH').length
const lines = () => simulation.log.lines.filter(({ message }) => message === 'change.delivered')

const faults: readonly (readonly [string, FaultInput['answer'], string])[] = [
  ['429 with Retry-After', { status: 429, retryAfter: 7 }, 'throttled'],
  ['502', { status: 502 }, 'answer-lost'],
  ['503', { status: 503 }, 'unavailable'],
  ['504', { status: 504 }, 'answer-lost'],
  ['a reset before the write', { reset: true }, 'answer-lost'],
  ['a reset after the write', { appliedButLost: true }, 'answer-lost'],
  ['a hang', { hang: true }, 'answer-lost'],
  ['half a JSON', { garbage: true }, 'answer-lost'],
  ['403', { status: 403 }, 'organization-refused'],
  ['a wrong organization', { status: 500, body: '{"code":500,"message":"Oops."}' }, 'organization-refused'],
  ['a 500 nobody explains', { status: 500, body: 'An error has occurred.' }, 'refused-unexplained'],
]

describe.each(faults)('after %s', (_name, answer, code) => {
  it('defers the change, parks nothing, and applies it when it comes again', async () => {
    simulation.campaign.addFaults([{ match: { method: 'PATCH' }, times: 1, answer }])
    const worker = simulation.startWorker()
    const record = aRecord([aChange({ match: [ada], set: { phone: '1' } })])
    const first = await simulation.time.run(simulation.deliver(worker, [record]))
    expect(first.batchItemFailures).toEqual([{ itemIdentifier: record.messageId }])
    expect(lines()).toMatchObject([{ outcome: 'deferred', code }])
    await simulation.time.pass(120_000)
    expect(await simulation.time.run(simulation.deliver(worker, [record]))).toEqual({ batchItemFailures: [] })
    expect(phoneOf('ada')).toBe('1')
    expect(simulation.parked).toEqual([])
  })
})

it.each(['byEmail', 'key'])(
  'parks nothing matched by %s while Campaign does not know the endpoint at all',
  async (by) => {
    simulation.campaign.addProfiles([{ email: 'eve@example.com', cusCrmId: 'eve' }])
    const path = '/tenant/campaign/profileAndServicesExt'
    simulation.campaign.addFaults([{ match: { path }, times: 100, answer: { status: 404 } }])
    const match = by === 'key' ? ada : { attribute: 'email', value: 'eve@example.com' }
    const record = aRecord([aChange({ match: [match], set: { blackListEmail: true } })])
    const worker = simulation.startWorker()
    expect((await simulation.time.run(simulation.deliver(worker, [record]))).batchItemFailures).toHaveLength(
      1,
    )
    expect(lines()).toMatchObject([{ outcome: 'deferred', code: 'endpoint-unknown' }])
    expect(simulation.parked).toEqual([])
  },
)

it('parks a key that Campaign does not take for a URL, once the collection has answered after it', async () => {
  const path = '/tenant/campaign/profileAndServicesExt/profile/ada'
  simulation.campaign.addFaults([{ match: { path }, times: 1, answer: { status: 404 } }])
  const worker = simulation.startWorker()
  const record = aRecord([aChange({ match: [ada], set: { phone: '1' } })])
  await simulation.time.run(simulation.deliver(worker, [record]))
  expect(lines()).toMatchObject([{ outcome: 'parked', code: 'key-malformed', engineCalls: 2 }])
})

it('believes an endpoint no longer than the answer that proved it: a moment later it may be gone', async () => {
  const path = '/tenant/campaign/profileAndServicesExt'
  simulation.campaign.addFaults([
    { match: { path: `${path}/profile/ada` }, times: 1, answer: { status: 404 } },
  ])
  const worker = simulation.startWorker()
  await simulation.time.run(
    simulation.deliver(worker, [aRecord([aChange({ match: [ada], set: { fax: '1' } })])]),
  )
  await simulation.time.pass(1000)
  simulation.campaign.addFaults([{ match: { path }, times: 100, answer: { status: 404 } }])
  await simulation.time.run(
    simulation.deliver(worker, [aRecord([aChange({ match: [bob], set: { fax: '2' } })])]),
  )
  expect(lines()).toMatchObject([
    { outcome: 'parked', code: 'key-malformed' },
    { outcome: 'deferred', code: 'endpoint-unknown' },
  ])
})

it.each([
  ['does not find it either', { status: 404, body: 'Unable to find document with path' }, 'endpoint-unknown'],
  ['refuses it', { status: 500, body: 'enumeration' }, 'unavailable'],
  ['gives no reason', { status: 500, body: 'An error has occurred.' }, 'unavailable'],
  ['is throttled', { status: 429, retryAfter: 9 }, 'throttled'],
])('blames no change when the collection itself %s', async (_name, answer, code) => {
  const path = '/tenant/campaign/profileAndServicesExt/profile'
  simulation.campaign.addFaults([
    { match: { path: `${path}/ada` }, times: 1, answer: { status: 404 } },
    { match: { path: `${path}?` }, times: 1, answer },
  ])
  const record = aRecord([aChange({ match: [ada], set: { phone: '1' } })])
  await simulation.time.run(simulation.deliver(simulation.startWorker(), [record]))
  expect(lines()).toMatchObject([{ outcome: 'deferred', code }])
})

it('parks what could not be applied for twelve days, before SQS forgets it', async () => {
  const day = 24 * 3_600_000
  simulation.campaign.addFaults([{ match: { method: 'PATCH' }, times: 1000, answer: { status: 503 } }])
  const worker = simulation.startWorker()
  const record = aRecord([aChange({ match: [ada], set: { phone: '1' } })], {
    receivedAt: simulation.time.now(),
  })
  await simulation.time.pass(12 * day - 60_000)
  expect((await simulation.time.run(simulation.deliver(worker, [record]))).batchItemFailures).toHaveLength(1)
  await simulation.time.pass(60_000)
  expect(await simulation.time.run(simulation.deliver(worker, [record]))).toEqual({ batchItemFailures: [] })
  expect(simulation.parked.map(({ MessageBody }) => JSON.parse(MessageBody).parked.code)).toEqual(['expired'])
  expect(lines().at(-1)).toMatchObject({ outcome: 'parked', code: 'expired' })
})

it('blames no email for a later page that Campaign does not know', async () => {
  simulation.campaign.addProfiles([{ email: 'eve@example.com' }])
  const path = '/tenant/campaign/profileAndServicesExt/profile/byEmail'
  const next = { href: `http://campaign.test${path}?email=eve&_lineStart=@x` }
  simulation.campaign.addFaults([
    { match: { path }, times: 1, answer: { status: 200, body: JSON.stringify({ content: [], next }) } },
    { match: { path: `${path}?email=eve&_lineStart` }, times: 1, answer: { status: 404 } },
  ])
  const match = { attribute: 'email', value: 'eve@example.com' }
  const record = aRecord([aChange({ match: [match], set: { phone: '1' } })])
  await simulation.time.run(simulation.deliver(simulation.startWorker(), [record]))
  expect(lines()).toMatchObject([{ outcome: 'deferred', code: 'unavailable' }])
})

it('waits as long as IMS asks', async () => {
  const throttled = { status: 429, retryAfter: 60 }
  simulation.campaign.addFaults([{ match: { path: '/ims/' }, times: 1, answer: throttled }])
  const record = aRecord([aChange({ match: [ada], set: { phone: '1' } })])
  await simulation.time.run(simulation.deliver(simulation.startWorker(), [record]))
  expect(simulation.hidden.get(record.receiptHandle)).toBeGreaterThanOrEqual(60)
})

it('hides what Campaign throttled for at least as long as Campaign asked', async () => {
  simulation.campaign.addFaults([
    { match: { method: 'PATCH' }, times: 1, answer: { status: 429, retryAfter: 77 } },
  ])
  const record = aRecord([aChange({ match: [ada], set: { phone: '1' } })])
  await simulation.time.run(simulation.deliver(simulation.startWorker(), [record]))
  expect(simulation.hidden.get(record.receiptHandle)).toBeGreaterThanOrEqual(77)
  expect(simulation.hidden.get(record.receiptHandle)).toBeLessThanOrEqual(97)
})

it('hides the later messages of a deferred group as long as its head, though they are another profile’s', async () => {
  simulation.campaign.addFaults([
    {
      match: { method: 'PATCH', path: '/tenant/campaign/profileAndServicesExt/profile/ada' },
      answer: { status: 503 },
    },
  ])
  const head = aRecord([aChange({ match: [ada], set: { phone: '1' } })], {
    group: 'one',
    receives: 5,
    receivedAt: simulation.time.now() - 3_600_000,
  })
  const later = aRecord([aChange({ match: [bob], set: { phone: '2' } })], { group: 'one', receives: 1 })
  const other = aRecord([aChange({ match: [bob], set: { fax: '3' } })], { group: 'two' })
  const answer = await simulation.time.run(simulation.deliver(simulation.startWorker(), [head, later, other]))
  expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
    head.messageId,
    later.messageId,
  ])
  expect(simulation.hidden.get(later.receiptHandle)).toBe(simulation.hidden.get(head.receiptHandle))
  expect(simulation.hidden.get(head.receiptHandle)).toBeGreaterThanOrEqual(16)
})

it('keeps a profile to itself until a write whose answer was lost can no longer land', async () => {
  simulation.campaign.addFaults([{ match: { method: 'PATCH' }, times: 1, answer: { applyAfterMs: 50_000 } }])
  const old = aRecord([aChange({ match: [ada], set: { phone: 'old' }, occurredAt: 1 })])
  await simulation.time.run(simulation.deliver(simulation.startWorker(), [old]))
  // Somebody else has a newer value; it must not be written before the old one has landed.
  const newer = aRecord([aChange({ match: [ada], set: { phone: 'new' }, occurredAt: 2 })])
  const held = await simulation.time.run(simulation.deliver(simulation.startWorker(), [newer]))
  expect(held.batchItemFailures).toHaveLength(1)
  expect(lines().at(-1)).toMatchObject({ outcome: 'deferred', code: 'lease-held' })
  await simulation.time.pass(60_000)
  expect(phoneOf('ada')).toBe('old')
  await simulation.time.run(simulation.deliver(simulation.startWorker(), [newer, old]))
  expect(phoneOf('ada')).toBe('new')
})

it('waits in process for a lease that is given back within two seconds', async () => {
  simulation.campaign.settings({ latencyMs: 1000 })
  const [one, two] = [
    aRecord([aChange({ match: [ada], set: { phone: '1' } })]),
    aRecord([aChange({ match: [ada], set: { fax: '2' } })]),
  ]
  const answers = await simulation.time.run(
    Promise.all([one, two].map((record) => simulation.deliver(simulation.startWorker(), [record]))),
  )
  expect(answers).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }])
  expect(patches()).toBe(2)
})

it('sends no write after the invocation’s deadline, however long the function was frozen before', async () => {
  let freeze = true
  const worker = simulation.startWorker(async (call) => {
    const result = await call()
    // After the lease was taken and before the write: the sandbox stops, and thaws much later.
    if (freeze && simulation.ledger.items.size > 0) {
      freeze = false
      await simulation.time.sleep(300_000)
    }
    return result
  })
  const record = aRecord([aChange({ match: [ada], set: { phone: '1' } })])
  await simulation.time.run(simulation.deliver(worker, [record]))
  expect(freeze).toBe(false)
  expect(patches()).toBe(0)
  expect(lines()).toMatchObject([{ outcome: 'deferred', code: 'deadline' }])
})

it('has no request under way when a handler returns, even where Campaign never answers', async () => {
  simulation.campaign.addFaults([{ match: { method: 'PATCH' }, times: 5, answer: { hang: true } }])
  const worker = simulation.startWorker()
  const started = simulation.time.now()
  const record = aRecord([aChange({ match: [ada], set: { phone: '1' } })])
  await simulation.time.run(simulation.deliver(worker, [record]))
  expect(simulation.openRequests()).toBe(0)
  expect(simulation.time.now() - started).toBeLessThanOrEqual(15_000)
})

it('logs a change that waits on its first and every tenth try only', async () => {
  simulation.campaign.addFaults([{ match: {}, times: 1000, answer: { status: 503 } }])
  const worker = simulation.startWorker()
  const change = aChange({ match: [ada], set: { phone: '1' } })
  for (let receives = 1; receives <= 21; receives += 1) {
    await simulation.time.run(simulation.deliver(worker, [aRecord([change], { receives })]))
  }
  expect(lines()).toHaveLength(3)
})

it('defers everything, and says so, while the ledger cannot be asked', async () => {
  const worker = simulation.startWorker()
  simulation.ledgerFault.current = new LedgerError(new Error('throttled'))
  const record = aRecord([aChange({ match: [ada], set: { phone: '1' } })])
  expect((await simulation.time.run(simulation.deliver(worker, [record]))).batchItemFailures).toHaveLength(1)
  expect(lines()).toMatchObject([{ outcome: 'deferred', code: 'ledger-unavailable' }])
  simulation.ledgerFault.current = undefined
  await simulation.time.run(simulation.deliver(worker, [record]))
  expect(phoneOf('ada')).toBe('1')
})

it('defers, and logs no more than its name, what nobody foresaw', async () => {
  const worker = simulation.startWorker()
  simulation.ledgerFault.current = new TypeError('something about ada@example.com')
  const record = aRecord([aChange({ match: [ada], set: { phone: '1' } })])
  expect((await simulation.time.run(simulation.deliver(worker, [record]))).batchItemFailures).toHaveLength(1)
  expect(simulation.log.lines).toMatchObject([
    { message: 'change.unexpected', cause: 'TypeError' },
    { outcome: 'deferred', code: 'unexpected' },
  ])
  expect(JSON.stringify(simulation.log.lines)).not.toContain('ada@')
})
