// The moment the breaker opens: others have moments reserved that lie up to two seconds ahead, and must not use them.
import { expect, it } from 'vitest'
import { SURE_MILLISECONDS } from '../../../functions/deliver/budget/breaker.ts'
import { LATEST_MILLISECONDS } from '../../../functions/deliver/budget/pace.ts'
import { aBacklog, byKey, engineCalls, recordsOf, seededRandom, startWorkers } from '../../support/backlog.ts'
import { startSimulation } from '../../support/simulation.ts'

const forever = 1_000_000

it.each([
  { budget: 20, workers: 4, lane: 'changes', set: { phone: '1' } },
  { budget: 20, workers: 12, lane: 'changes', set: { phone: '1' } },
  { budget: 200, workers: 4, lane: 'changes', set: { phone: '1' } },
  { budget: 2, workers: 4, lane: 'changes', set: { phone: '1' } },
  { budget: 20, workers: 4, lane: 'consent', set: { blackListEmail: true } },
])(
  'at $budget calls per second $workers workers with a backlog of $lane stop as soon as they can know',
  async (given) => {
    const simulation = startSimulation({
      settings: { latencyMs: 120, callsPerSecond: given.budget },
      environment: { CALLS_PER_SECOND: String(given.budget) },
      random: seededRandom(20261122),
    })
    const records = recordsOf(simulation, 600, byKey, given.set)
    simulation.campaign.addFaults([{ match: { path: '/tenant' }, times: forever, answer: { status: 503 } }])
    const begun = simulation.time.now()
    const backlog = aBacklog(simulation, startWorkers(simulation, given.workers), records)
    await backlog.work(begun + 20_000)

    const { probeAt, lastFaultAt: openedAt } = simulation.budget.state().health
    expect(probeAt).toBeGreaterThan(0)
    const calls = engineCalls(simulation.campaign.requests()).filter(
      ({ path }) => !path.includes('/profile?'),
    )
    expect(calls.at(-1)?.at).toBeLessThanOrEqual(openedAt + SURE_MILLISECONDS + LATEST_MILLISECONDS)
    // Ten seconds from the first fault to the one that opens it; calls are no further apart than the budget has them.
    const apart = 1000 / (0.95 * given.budget)
    expect(openedAt).toBeLessThanOrEqual(begun + 10_000 + 2 * (apart + 120) + 1000)
  },
)

it('loses no moment but the first of a call to a ledger that is slow, where nobody may have opened it', async () => {
  const simulation = startSimulation({ environment: { CALLS_PER_SECOND: '1' }, random: seededRandom(1) })
  const { time, campaign } = simulation
  const slow = simulation.startWorker(async (call) => {
    await time.sleep(1.5 * SURE_MILLISECONDS)
    return call()
  })
  const records = recordsOf(simulation, 4, byKey)
  campaign.addFaults([{ match: { path: '/tenant' }, times: forever, answer: { status: 503 } }])
  await time.run(simulation.deliver(slow, records.slice(0, 1)))
  await time.pass(30_000)
  expect(simulation.budget.state().health.faults).toBe(1)
  await time.run(simulation.deliver(slow, records.slice(1)))
  expect(engineCalls(campaign.requests())).toHaveLength(4)
})
