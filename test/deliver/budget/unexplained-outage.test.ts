// An outage in which every answer is a 500 without a reason, as v8 words whatever ails it; and bad changes that look alike.
import { expect, it, vi } from 'vitest'
import { aBacklog, byKey, engineCalls, recordsOf, seededRandom, startWorkers } from '../../support/backlog.ts'
import { type Simulation, startSimulation } from '../../support/simulation.ts'

vi.setConfig({ testTimeout: 30_000 })

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const CALLS_PER_SECOND = 20
const forever = 1_000_000
const oops = { status: 500, body: 'Oops. Something went wrong. Check your URI and try again.' }

const start = () =>
  startSimulation({
    settings: { latencyMs: 120, callsPerSecond: CALLS_PER_SECOND, dialect: 'v8' },
    environment: { CALLS_PER_SECOND: String(CALLS_PER_SECOND), CAMPAIGN_DIALECT: 'v8' },
    random: seededRandom(20261122),
  })
const away = ({ campaign }: Simulation) =>
  campaign.addFaults([{ match: { path: '/tenant' }, times: forever, answer: oops }])
const refuseWrites = ({ campaign }: Simulation) =>
  campaign.addFaults([{ match: { method: 'PATCH', path: '/tenant' }, times: forever, answer: oops }])
const calls = ({ campaign }: Simulation) => engineCalls(campaign.requests())
const readsOfAll = (simulation: Simulation) =>
  calls(simulation).filter(({ path }) => path.includes('/profile?'))
const openings = ({ log }: Simulation) =>
  log.lines.filter(({ message, state }) => message === 'campaign.breaker' && state === 'open')
const written = ({ campaign }: Simulation) => campaign.profiles().filter(({ phone }) => phone === '1').length

it('opens when everything is refused without a reason, and nothing is parked for it', async () => {
  const simulation = start()
  const backlog = aBacklog(simulation, startWorkers(simulation, 4), recordsOf(simulation, 200, byKey))
  const begun = simulation.time.now()
  away(simulation)
  await backlog.work(begun + 3 * HOUR)

  const { probeAt, lastFaultAt: openedAt } = simulation.budget.state().health
  expect(probeAt).toBeGreaterThan(0)
  // All are refused three times, as fast as the budget has it, before it is known of any that it is not to blame.
  const known = (3 * 200 * 1000) / (0.95 * CALLS_PER_SECOND)
  expect(openedAt - begun).toBeLessThanOrEqual(known + 20_000)
  const late = calls(simulation).filter(({ at }) => at > openedAt + 1000)
  expect(late).toEqual(readsOfAll(simulation).filter(({ at }) => at > openedAt + 1000))
  expect(late.length).toBeLessThanOrEqual((3 * HOUR) / 30_000 + 5)
  expect(openings(simulation)).toHaveLength(1)

  simulation.campaign.setFaults([])
  await backlog.work(simulation.time.now() + 20 * MINUTE)
  expect(backlog.left()).toBe(0)
  expect(written(simulation)).toBe(200)
  expect(simulation.parked).toEqual([])
})

it('stays closed for a single change, however often it is refused', async () => {
  const simulation = start()
  away(simulation)
  const backlog = aBacklog(simulation, startWorkers(simulation, 2), recordsOf(simulation, 1, byKey))
  await backlog.work(simulation.time.now() + 3 * HOUR)
  expect(openings(simulation)).toEqual([])
  expect(simulation.parked).toEqual([])
})

it('stays closed for one sender’s many bad changes in a night in which nobody else writes, at hardly a call more', async () => {
  const simulation = start()
  refuseWrites(simulation)
  const backlog = aBacklog(simulation, startWorkers(simulation, 2), recordsOf(simulation, 30, byKey))
  await backlog.work(simulation.time.now() + 3 * HOUR)
  expect(openings(simulation)).toEqual([])
  expect(simulation.parked).toEqual([])
  expect(readsOfAll(simulation)).not.toEqual([])
  expect(readsOfAll(simulation).length).toBeLessThanOrEqual((2 * 3 * HOUR) / (5 * MINUTE))
})

it('stays closed, and asks nothing, for bad changes beside others that succeed: they are parked', async () => {
  const simulation = start()
  const [bad, good] = [recordsOf(simulation, 20, byKey, { phone: 'bad' }), recordsOf(simulation, 20, byKey)]
  const names = bad.map(({ body }) => JSON.parse(body).changes[0].match[0].value)
  const base = '/tenant/campaign/profileAndServicesExt/profile'
  simulation.campaign.addFaults(
    names.map((name) => ({
      match: { method: 'PATCH', path: `${base}/${name}` },
      times: forever,
      answer: oops,
    })),
  )
  const workers = startWorkers(simulation, 1)
  const badOnes = aBacklog(simulation, workers, bad)
  await badOnes.work(simulation.time.now() + 1000)
  await simulation.time.pass(MINUTE)
  await aBacklog(simulation, workers, good).work()
  await badOnes.work(simulation.time.now() + HOUR)
  expect(openings(simulation)).toEqual([])
  expect(simulation.parked).toHaveLength(20)
  expect(readsOfAll(simulation)).toEqual([])
})
