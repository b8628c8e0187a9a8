// Refused without a reason: the change is to blame only where others succeed meanwhile, and Campaign is ill otherwise.
import { beforeEach, describe, expect, it } from 'vitest'
import type { Deliver } from '../../functions/deliver/deliver.ts'
import { withRefusals } from '../../functions/deliver/ledger/evidence.ts'
import { LedgerError } from '../../functions/deliver/ledger/ledger.ts'
import { createJudgingSettle } from '../../functions/deliver/suspect/unexplained.ts'
import { startMortalWorker } from '../support/mortal-worker.ts'
import { drain } from '../support/queue.ts'
import { aChange, aRecord } from '../support/records.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const MINUTE = 60_000
const unexplained = { status: 500, body: 'An error has occurred - please contact your administrator.' }
const keyOf = (key: string) => ({ attribute: 'cusCrmId', value: key })
const pathOf = (key: string) => `/tenant/campaign/profileAndServicesExt/profile/${key}`

let simulation: Simulation
beforeEach(() => {
  simulation = startSimulation()
  simulation.campaign.addProfiles([
    { cusCrmId: 'ada', email: 'ada@example.com' },
    { cusCrmId: 'bob' },
    { cusCrmId: 'eve' },
  ])
})

const refuse = (key: string, times = 1000) =>
  simulation.campaign.addFaults([
    { match: { method: 'PATCH', path: pathOf(key) }, times, answer: unexplained },
  ])
const bad = () => aRecord([aChange({ match: [keyOf('ada')], set: { phone: 'bad' } })])
const good = (key: string) =>
  aRecord([aChange({ match: [keyOf(key)], set: { phone: String(Math.random()) } })])
const deliver = (record: ReturnType<typeof bad>, worker: Deliver = simulation.startWorker()) =>
  simulation.time.run(simulation.deliver(worker, [record]))
const parkedCodes = () => simulation.parked.map(({ MessageBody }) => JSON.parse(MessageBody).parked.code)

it('is parked on its third refusal where another profile was written since the first', async () => {
  refuse('ada')
  const [worker, record] = [simulation.startWorker(), bad()]
  await deliver(record, worker)
  await simulation.time.pass(MINUTE)
  await deliver(good('bob'), worker)
  await deliver(record, worker)
  expect(parkedCodes()).toEqual([])
  expect(await deliver(record, worker)).toEqual({ batchItemFailures: [] })
  expect(parkedCodes()).toEqual(['refused-unexplained'])
  expect(simulation.log.lines.at(-1)).toMatchObject({ outcome: 'parked', code: 'refused-unexplained' })
})

it('waits where nobody else was written since its first refusal, and is parked as expired in the end', async () => {
  refuse('ada', 5000)
  const worker = startMortalWorker(simulation)
  await deliver(good('bob'), worker.deliver)
  await simulation.time.pass(MINUTE)
  const change = aChange({ match: [keyOf('ada')], set: { phone: 'bad' } })
  await drain(simulation, [aRecord([change], { receivedAt: simulation.time.now() })], {
    pick: () => [0],
    worker: () => worker,
    sideBySide: 1,
  })
  expect(parkedCodes()).toEqual(['expired'])
})

it('takes no success of its own profile for a sign that Campaign is well', async () => {
  refuse('ada', 1)
  const [worker, record] = [simulation.startWorker(), bad()]
  await deliver(record, worker)
  await simulation.time.pass(MINUTE)
  await deliver(good('ada'), worker)
  refuse('ada')
  for (let count = 0; count < 5; count += 1) await deliver(record, worker)
  expect(parkedCodes()).toEqual([])
})

it('is counted and judged across workers that know nothing of each other', async () => {
  refuse('ada')
  const record = bad()
  await deliver(record)
  await simulation.time.pass(MINUTE)
  await deliver(good('bob'))
  await deliver(record)
  await simulation.time.pass(MINUTE)
  await deliver(record)
  expect(parkedCodes()).toEqual(['refused-unexplained'])
})

it('waits where the only success came with or after its last refusal: Campaign may have recovered just then', async () => {
  refuse('ada')
  const [worker, record] = [simulation.startWorker(), bad()]
  for (let count = 0; count < 3; count += 1) {
    await deliver(record, worker)
    await simulation.time.pass(MINUTE)
  }
  await simulation.time.run(simulation.deliver(worker, [good('bob'), record]))
  expect(parkedCodes()).toEqual([])
})

it('counts each change of a profile by itself, however they come together', async () => {
  refuse('ada')
  const worker = simulation.startWorker()
  const [old, young] = [bad(), bad()]
  await deliver(old, worker)
  await simulation.time.pass(MINUTE)
  await deliver(good('bob'), worker)
  await deliver(old, worker)
  await simulation.time.run(simulation.deliver(worker, [old, young]))
  expect(simulation.parked).toHaveLength(1)
  expect(simulation.parked[0]?.MessageBody).toContain(JSON.parse(old.body).changes[0].id)
})

it('forgets what it has parked, so that what a person sends again is tried as often as any', async () => {
  refuse('ada')
  const [worker, record] = [simulation.startWorker(), bad()]
  await deliver(record, worker)
  await simulation.time.pass(MINUTE)
  await deliver(good('bob'), worker)
  for (let count = 0; count < 2; count += 1) await deliver(record, worker)
  await simulation.time.pass(MINUTE)
  await deliver(good('eve'), worker)
  await deliver(record, worker)
  expect(parkedCodes()).toEqual(['refused-unexplained'])
})

it('is parked as well where an email is looked up in vain words and the filter answers others', async () => {
  const path = '/tenant/campaign/profileAndServicesExt/profile/byEmail?email=odd'
  simulation.campaign.addFaults([{ match: { method: 'GET', path }, times: 1000, answer: unexplained }])
  const odd = { attribute: 'email', value: 'odd@example.com' }
  const [worker, record] = [
    simulation.startWorker(),
    aRecord([aChange({ match: [odd], set: { phone: '1' } })]),
  ]
  await deliver(record, worker)
  await simulation.time.pass(MINUTE)
  await deliver(good('bob'), worker)
  for (let count = 0; count < 2; count += 1) await deliver(record, worker)
  expect(parkedCodes()).toEqual(['refused-unexplained'])
})

it('tells a success to the other workers once a minute and not with every change', async () => {
  const worker = simulation.startWorker()
  const { evidence } = simulation
  const told = async () => [...(await evidence.readSuccesses()).values()]
  await deliver(good('bob'), worker)
  const first = await told()
  expect(first).toHaveLength(1)
  await simulation.time.pass(30_000)
  await deliver(good('bob'), worker)
  expect(await told()).toEqual(first)
  await simulation.time.pass(30_000)
  await deliver(good('bob'), worker)
  expect(await told()).not.toEqual(first)
})

it('waits while the ledger cannot say how often it was refused', async () => {
  const change = aChange({ match: [keyOf('ada')], set: { phone: 'bad' } })
  const end = { outcome: { outcome: 'deferred', code: 'refused-unexplained' }, engineCalls: 1 } as const
  const away = () => Promise.reject(new LedgerError(new Error('away')))
  const evidence = { noteUnexplained: away, forgetUnexplained: away, noteSuccess: away, readSuccesses: away }
  const settle = createJudgingSettle({
    settle: async () => new Map([[change, end]]),
    evidence,
    doubt: away,
    pseudonym: (attribute, value) => `${attribute}:${value}`,
    time: simulation.time,
    log: simulation.log,
  })
  expect((await settle([change], 0)).get(change)).toEqual(end)
  expect(simulation.log.lines).toMatchObject([
    { message: 'evidence.unavailable', cause: 'LedgerError ledger-unavailable' },
  ])
})

describe('what is noted of refusals', () => {
  it('counts to three and keeps the moment of the first', () => {
    let held = withRefusals({}, ['a'], 1)
    for (const at of [2, 3, 4]) held = withRefusals(held, ['a'], at)
    expect(held).toEqual({ a: { count: 3, firstAt: 1 } })
  })

  it('keeps twenty changes at most, the youngest, and none beyond thirteen days', () => {
    let held = {}
    for (let at = 0; at < 30; at += 1) held = withRefusals(held, [`change-${at}`], at)
    expect(Object.keys(held)).toHaveLength(20)
    expect(held).toHaveProperty('change-29')
    expect(held).not.toHaveProperty('change-9')
    expect(Object.keys(withRefusals(held, ['late'], 14 * 24 * 3_600_000))).toEqual(['late'])
  })
})
