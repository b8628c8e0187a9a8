// Campaign is away for two days with a backlog before it: nothing is lost, hardly anything is called, and all of it is
// applied afterwards as fast as the budget allows. OUTAGE_CHANGES=50000 is the long run, of some minutes.
import { expect, it } from 'vitest'
import {
  aBacklog,
  averageOf,
  busiestSecond,
  byKey,
  engineCalls,
  recordsOf,
  seededRandom,
  startWorkers,
} from '../../support/backlog.ts'
import { startSimulation } from '../../support/simulation.ts'

const CHANGES = Number(process.env['OUTAGE_CHANGES'] ?? 300)
/** The same proportions at any size: three quarters of an hour of work, 20 calls per second for 50,000 changes. */
const CALLS_PER_SECOND = Math.max(0.1, Math.round(CHANGES / 25) / 100)
const MINUTE = 60_000
const OUTAGE = 48 * 60 * MINUTE

it(
  'loses and parks nothing while Campaign is away for 48 hours, and drains at full budget',
  async () => {
    const simulation = startSimulation({
      settings: { latencyMs: 120, callsPerSecond: Math.ceil(CALLS_PER_SECOND) },
      environment: { CALLS_PER_SECOND: String(CALLS_PER_SECOND) },
      random: seededRandom(20261122),
    })
    const { time, campaign } = simulation
    const records = recordsOf(simulation, CHANGES, byKey)
    const backlog = aBacklog(simulation, startWorkers(simulation, 4), records)
    const begun = time.now()
    campaign.addFaults([{ match: { path: '/tenant' }, times: 1_000_000, answer: { status: 503 } }])
    await backlog.work(begun + MINUTE)
    // Fewer and fuller batches: the two days shall not take as long as they would cost.
    await backlog.work(begun + OUTAGE, 2 * MINUTE)

    expect(backlog.left()).toBe(CHANGES)
    const tried = engineCalls(campaign.requests())
    const isProbe = ({ path }: { readonly path: string }) => path.includes('/profile?')
    // Until it opens: some ten seconds, or as long as five calls take at a low budget.
    expect(
      tried.filter((call) => !isProbe(call) && call.at > begun + 10_000 + 7000 / CALLS_PER_SECOND),
    ).toEqual([])
    expect(tried.filter(isProbe).length).toBeLessThanOrEqual(OUTAGE / 30_000 + 5)

    campaign.setFaults([])
    const back = time.now()
    await backlog.work(back + 12 * 60 * MINUTE)
    expect(backlog.left()).toBe(0)
    expect(campaign.profiles().filter(({ phone }) => phone === '1')).toHaveLength(CHANGES)
    expect(simulation.parked).toEqual([])
    const calls = engineCalls(campaign.requests()).filter(({ at }) => at > back)
    expect(busiestSecond(calls)).toBeLessThanOrEqual(Math.ceil(CALLS_PER_SECOND))
    const first = calls.filter(({ at }) => at > back + MINUTE && at < back + 16 * MINUTE)
    expect(averageOf(first)).toBeGreaterThanOrEqual(0.9 * CALLS_PER_SECOND)
    expect(calls.filter(({ status }) => status === 429)).toEqual([])
  },
  CHANGES * 100 + 60_000,
)
