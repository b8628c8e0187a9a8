// What Campaign says about the pace is heard by every worker: 429, with a time or without, and answers that take long.
import { beforeEach, expect, it, vi } from 'vitest'
import type { FaultInput } from '../../../infra/local/campaign/faults.ts'
import {
  aBacklog,
  averageOf,
  byKey,
  engineCalls,
  recordsOf,
  seededRandom,
  startWorkers,
} from '../../support/backlog.ts'
import { type Simulation, startSimulation } from '../../support/simulation.ts'

// Minutes of many workers; on a machine that is busy with other things too.
vi.setConfig({ testTimeout: 30_000 })

let simulation: Simulation
beforeEach(() => {
  simulation = startSimulation({
    settings: { latencyMs: 120 },
    environment: { CALLS_PER_SECOND: '20' },
    random: seededRandom(20261122),
  })
})
const callsFrom = (from: number, to = Number.POSITIVE_INFINITY) =>
  engineCalls(simulation.campaign.requests()).filter(({ at }) => at >= from && at < to)
const answerOnce = (answer: FaultInput['answer'], times = 1) =>
  simulation.campaign.addFaults([{ match: { method: 'PATCH' }, times, answer }])

/** Four workers with more than they can do in `milliseconds`, and something that happens after ten seconds. */
const workFor = async (milliseconds: number, happens: () => void) => {
  const { time } = simulation
  const begun = time.now()
  const backlog = aBacklog(simulation, startWorkers(simulation, 4), recordsOf(simulation, 2500, byKey))
  const happening = time.sleep(10_000).then(happens)
  await Promise.all([backlog.work(begun + milliseconds), happening])
  return begun + 10_000
}

it('keeps all workers silent until the moment that a 429 names, and goes on at full pace then', async () => {
  const at = await workFor(40_000, () => answerOnce({ status: 429, retryAfter: 8 }))
  // A second at most of what had been reserved by others is still sent.
  expect(callsFrom(at + 1500, at + 8000)).toEqual([])
  expect(averageOf(callsFrom(at + 9000, at + 28_000))).toBeGreaterThanOrEqual(18)
})

it('halves the pace of all workers for a 429 that names no moment, and is back at full pace half a minute later', async () => {
  const at = await workFor(60_000, () => answerOnce({ status: 429 }))
  expect(averageOf(callsFrom(at + 1500, at + 4500))).toBeLessThanOrEqual(12)
  expect(averageOf(callsFrom(at + 1500, at + 4500))).toBeGreaterThanOrEqual(8)
  expect(averageOf(callsFrom(at + 30_000, at + 50_000))).toBeGreaterThanOrEqual(18)
})

it('takes a burst of 429 for one', async () => {
  const at = await workFor(15_000, () => answerOnce({ status: 429 }, 3))
  expect(averageOf(callsFrom(at + 1500, at + 4500))).toBeGreaterThanOrEqual(8)
})

it('slows down for a limit that is lower than the budget, pause or not, and does not stop', async () => {
  simulation.campaign.settings({ callsPerSecond: 8 })
  const begun = simulation.time.now()
  await workFor(120_000, () => {})
  const calls = callsFrom(begun + 20_000)
  const refused = calls.filter(({ status }) => status === 429)
  expect(refused.length / calls.length).toBeLessThan(0.2)
  expect(averageOf(calls.filter(({ status }) => status === 200))).toBeGreaterThan(3)
})

it('reduces the pace step by step while answers take more than half of the time-out, and recovers', async () => {
  const at = await workFor(170_000, () => {
    simulation.campaign.settings({ latencyMs: 8000 })
    void simulation.time.sleep(60_000).then(() => simulation.campaign.settings({ latencyMs: 120 }))
  })
  expect(averageOf(callsFrom(at + 30_000, at + 60_000))).toBeLessThan(8)
  expect(callsFrom(at + 30_000, at + 60_000).length).toBeGreaterThan(30)
  expect(averageOf(callsFrom(at + 130_000, at + 155_000))).toBeGreaterThanOrEqual(18)
})

it('turns away at once what would have to wait for longer than its worker lives, for as long as Campaign asked', async () => {
  const [first, second] = [recordsOf(simulation, 1, byKey), recordsOf(simulation, 1, byKey)]
  const worker = simulation.startWorker()
  answerOnce({ status: 429, retryAfter: 300 })
  await simulation.time.run(simulation.deliver(worker, first))
  const begun = simulation.time.now()
  await simulation.time.run(simulation.deliver(worker, second))
  expect(simulation.time.now() - begun).toBeLessThan(1000)
  expect(callsFrom(0)).toHaveLength(1)
  expect(simulation.hidden.get(second[0]?.receiptHandle ?? '')).toBeGreaterThanOrEqual(299)
})
