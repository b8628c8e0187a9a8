// The contract's calls per second: never more in any sliding second, whoever works, and nearly all of them while there is work.
import { describe, expect, it, vi } from 'vitest'
import { LedgerError } from '../../../functions/deliver/ledger/ledger.ts'
import {
  aBacklog,
  averageOf,
  busiestSecond,
  byEmail,
  byKey,
  engineCalls,
  recordsOf,
  seededRandom,
  startWorkers,
} from '../../support/backlog.ts'
import { type Simulation, type SimulationOptions, startSimulation } from '../../support/simulation.ts'

// Minutes of many workers; on a machine that is busy with other things too.
vi.setConfig({ testTimeout: 30_000 })

const start = (callsPerSecond: number, { settings = {}, environment = {} }: SimulationOptions = {}) =>
  startSimulation({
    settings: { latencyMs: 120, callsPerSecond: Math.ceil(callsPerSecond), ...settings },
    environment: { CALLS_PER_SECOND: String(callsPerSecond), ...environment },
    random: seededRandom(20261122),
  })
const calls = (simulation: Simulation) => engineCalls(simulation.campaign.requests())
const written = (simulation: Simulation, phone = '1') =>
  simulation.campaign.profiles().filter((profile) => profile['phone'] === phone).length
const codes = (simulation: Simulation) =>
  simulation.log.lines.filter(({ message }) => message === 'change.delivered').map(({ code }) => code)

describe.each([
  // A worker that is alone waits for the last answer of a batch, and nobody calls meanwhile.
  { budget: 20, workers: 1, changes: 200, least: 16.5, writes: 0.5 },
  { budget: 20, workers: 4, changes: 500, least: 18, writes: 0.5 },
  { budget: 20, workers: 20, changes: 500, least: 17.5, writes: 1 },
  { budget: 200, workers: 4, changes: 1000, least: 170, writes: 0.5 },
  { budget: 1, workers: 4, changes: 100, least: 0.9, writes: 5 },
  { budget: 0.5, workers: 3, changes: 30, least: 0.42, writes: 5 },
])('at $budget calls per second, $workers workers with $changes changes', (given) => {
  it('keep to it in any sliding second, use nearly all of it, are never throttled, and seldom ask the ledger', async () => {
    const simulation = start(given.budget)
    const records = recordsOf(simulation, given.changes, byKey)
    await aBacklog(simulation, startWorkers(simulation, given.workers), records).work()
    expect(written(simulation)).toBe(given.changes)
    expect(busiestSecond(calls(simulation))).toBeLessThanOrEqual(Math.ceil(given.budget))
    expect(averageOf(calls(simulation))).toBeGreaterThanOrEqual(given.least)
    expect(calls(simulation).filter(({ status }) => status === 429)).toEqual([])
    expect(simulation.budget.writes() / calls(simulation).length).toBeLessThan(given.writes)
  })
})

it('paces searches, writes and read-backs alike', async () => {
  const simulation = start(20, { environment: { VERIFY: 'always' } })
  const records = recordsOf(simulation, 150, byEmail)
  await aBacklog(simulation, startWorkers(simulation, 4), records).work()
  expect(written(simulation)).toBe(150)
  expect(calls(simulation)).toHaveLength(450)
  expect(busiestSecond(calls(simulation))).toBeLessThanOrEqual(20)
  expect(averageOf(calls(simulation))).toBeGreaterThanOrEqual(18)
  expect(simulation.budget.writes() / calls(simulation).length).toBeLessThan(0.5)
})

it('keeps to it with a backlog of consent alone, whose changes may look further ahead', async () => {
  const simulation = start(20)
  const records = recordsOf(simulation, 300, byKey, { blackListEmail: true })
  await aBacklog(simulation, startWorkers(simulation, 4), records).work()
  expect(simulation.campaign.profiles().filter((one) => one['blackListEmail'] === true)).toHaveLength(300)
  expect(busiestSecond(calls(simulation))).toBeLessThanOrEqual(20)
  expect(averageOf(calls(simulation))).toBeGreaterThanOrEqual(18)
})

it('lets an opt-out of another worker go within two seconds, whatever lies before it', async () => {
  const simulation = start(1)
  const [optOut, ...records] = [
    ...recordsOf(simulation, 1, byKey, { blackListEmail: true }),
    ...recordsOf(simulation, 40, byEmail),
  ]
  const backlog = aBacklog(simulation, startWorkers(simulation, 4), records)
  const { time } = simulation
  const consent = async () => {
    await time.sleep(20_000)
    const begun = time.now()
    await simulation.deliver(simulation.startWorker(), optOut ? [optOut] : [])
    return time.now() - begun
  }
  const [milliseconds] = await Promise.all([consent(), backlog.work(time.now() + 30_000)])
  expect(milliseconds).toBeLessThanOrEqual(2000 + 2 * 120)
})

it('lets an opt-out overtake the other changes of its batch', async () => {
  const simulation = start(1)
  const others = recordsOf(simulation, 9, byEmail)
  const optOut = recordsOf(simulation, 1, byEmail, { blackListEmail: true })
  const records = [...others, ...optOut]
  await simulation.time.run(simulation.deliver(simulation.startWorker(), records))
  const [profile] = simulation.campaign.profiles().filter((one) => one['blackListEmail'] === true)
  expect(calls(simulation)[0]?.path).toContain(encodeURIComponent(String(profile?.['email'])))
  expect(calls(simulation)[10]).toMatchObject({ method: 'PATCH' })
  expect(calls(simulation)[10]?.path).toContain(profile?.['PKey'])
})

it('ends what it has begun before it begins more: a search is not paid for in vain', async () => {
  const simulation = start(1)
  const { time } = simulation
  const worker = simulation.startWorker()
  const [first, second] = [recordsOf(simulation, 9, byEmail), recordsOf(simulation, 9, byEmail)]
  const later = async () => {
    await time.sleep(5000)
    return simulation.deliver(worker, second)
  }
  const [answer] = await time.run(Promise.all([simulation.deliver(worker, first), later()]))
  expect(answer).toEqual({ batchItemFailures: [] })
  expect(codes(simulation)).toContain('deadline')
})

it('sends nothing for which no moment is left before the deadline, and nothing whose answer could not be waited for', async () => {
  const simulation = start(0.1)
  const begun = simulation.time.now()
  const records = recordsOf(simulation, 4, byKey)
  await simulation.time.run(simulation.deliver(simulation.startWorker(), records))
  expect(codes(simulation).filter((code) => code === 'deadline')).toHaveLength(1)
  expect(calls(simulation)).toHaveLength(3)
  expect(simulation.time.now() - begun).toBeLessThanOrEqual(27_000)
  expect(simulation.openRequests()).toBe(0)
})

it('sends nothing while the ledger cannot say what others send', async () => {
  const simulation = start(20)
  simulation.budgetFault.current = new LedgerError(new Error('throttled'))
  const records = recordsOf(simulation, 3, byKey)
  const worker = simulation.startWorker()
  await simulation.time.run(simulation.deliver(worker, records))
  expect(codes(simulation)).toEqual(['ledger-unavailable', 'ledger-unavailable', 'ledger-unavailable'])
  expect(calls(simulation)).toEqual([])
  simulation.budgetFault.current = undefined
  await simulation.time.run(simulation.deliver(worker, records))
  expect(written(simulation)).toBe(3)
})

it('lets a moment lapse that has passed while the worker stood still', async () => {
  const simulation = start(5)
  const { time } = simulation
  const frozen = async () => {
    let freezes = 3
    const worker = simulation.startWorker(async (call) => {
      const result = await call()
      if (simulation.budget.state().nextAt > 0 && freezes > 0) {
        freezes -= 1
        await time.sleep(1500)
      }
      return result
    })
    return aBacklog(simulation, [worker], recordsOf(simulation, 20, byEmail, { fax: '2' })).work()
  }
  const others = aBacklog(simulation, startWorkers(simulation, 2), recordsOf(simulation, 40, byKey))
  await Promise.all([frozen(), others.work()])
  expect(written(simulation)).toBe(40)
  expect(busiestSecond(calls(simulation))).toBeLessThanOrEqual(5)
  expect(calls(simulation).filter(({ status }) => status === 429)).toEqual([])
})
