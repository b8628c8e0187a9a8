// Senders who wait a second give up before a slow Campaign can answer: they must not take the probe from those who could
// find out that it is back.
import { expect, it, vi } from 'vitest'
import type { Deliver } from '../../../functions/deliver/deliver.ts'
import { INVOCATION_MILLISECONDS } from '../../../functions/deliver/invocation.ts'
import { aBacklog, byKey, recordsOf } from '../../support/backlog.ts'
import { aChange } from '../../support/records.ts'
import { type Simulation, startSimulation } from '../../support/simulation.ts'

vi.setConfig({ testTimeout: 30_000 })

const MINUTE = 60_000
/** Longer than the hasty wait, shorter than the patient. */
const LATENCY_MILLISECONDS = 1800

/** One change of a sender who waits that long; what it comes to. */
const askNow = async (
  { time }: Simulation,
  deliverNow: Deliver,
  waitSeconds: number,
  name = 'ada',
): Promise<string> => {
  const startedAt = time.now()
  const change = aChange({ match: [byKey(name)], set: { phone: '1' } })
  const request = { receipt: change.id, receivedAt: startedAt, deadline: startedAt + waitSeconds * 1000 }
  const answer = await deliverNow(
    { ...request, changes: [change] },
    { getRemainingTimeInMillis: () => INVOCATION_MILLISECONDS - (time.now() - startedAt) },
  )
  return 'results' in answer ? (answer.results[0]?.outcome ?? '') : ''
}

it('a breaker that is open closes within three minutes, however many senders wait a second', async () => {
  const simulation = startSimulation({ settings: { latencyMs: LATENCY_MILLISECONDS } })
  const { time, campaign, budget } = simulation
  campaign.addProfiles([{ cusCrmId: 'ada' }])
  const deliverNow = simulation.startWorker()
  expect(await time.run(askNow(simulation, deliverNow, 20))).toBe('applied')
  const backlog = aBacklog(simulation, [simulation.startWorker()], recordsOf(simulation, 3, byKey))
  campaign.addFaults([{ match: { path: '/tenant' }, times: 1_000_000, answer: { status: 503 } }])
  await backlog.work(time.now() + 5 * MINUTE)
  expect(budget.state().health.probeAt).toBeGreaterThan(0)

  campaign.setFaults([])
  const until = time.now() + 3 * MINUTE
  const send = async () => {
    while (time.now() < until) {
      const asked = askNow(simulation, deliverNow, 1)
      await Promise.all([asked, time.sleep(500)])
    }
  }
  await time.run(Promise.all([send(), backlog.poll(until, 1000)]))
  expect(budget.state().health.probeAt).toBe(0)
  expect(backlog.left()).toBe(0)
})

it('a worker that has stepped back asks again for a sender who waits long enough, whoever asked before', async () => {
  const simulation = startSimulation()
  const { time, campaign, log } = simulation
  campaign.addProfiles([{ cusCrmId: 'ada' }])
  campaign.addFaults([{ match: { path: '/tenant' }, times: 1_000_000, answer: { status: 401 } }])
  const deliverNow = simulation.startWorker()
  for (let second = 0; second < 15; second += 1) {
    await time.run(askNow(simulation, deliverNow, 20, second % 2 === 0 ? 'ada' : 'bob'))
    await time.pass(1000)
  }
  const said = () => log.lines.filter(({ message }) => message === 'campaign.stepped-back')
  expect(said()).toMatchObject([{ state: 'begun' }])

  campaign.setFaults([])
  campaign.settings({ latencyMs: LATENCY_MILLISECONDS })
  const probes = () => log.lines.filter(({ message }) => message === 'campaign.probe').length
  const before = probes()
  while (probes() === before) await time.run(askNow(simulation, deliverNow, 1))
  expect(said()).toHaveLength(1)
  expect(await time.run(askNow(simulation, deliverNow, 10))).toBe('applied')
})
