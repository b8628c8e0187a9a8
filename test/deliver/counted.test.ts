// What deliver counts besides the ends of changes: what an alarm needs while something lasts, not once.
import { expect, it } from 'vitest'
import type { Change } from '../../functions/change/change.ts'
import type { Deliver } from '../../functions/deliver/deliver.ts'
import { aChange, aRecord, type GivenRecord } from '../support/records.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const key = (value: string) => ({ attribute: 'cusCrmId', value })

const start = (...given: Parameters<typeof startSimulation>) => {
  const simulation = startSimulation(...given)
  simulation.campaign.addProfiles([{ cusCrmId: '1' }])
  return simulation
}
const changes = () => [aChange({ match: [key('1')], set: { phone: '1' } })]

/** Works the changes as one message that came so long ago; `movedAgo` is when the mover has brought it back. */
const work = (
  { time, deliver }: Simulation,
  worker: Deliver,
  given: readonly Change[],
  { ago = 0, movedAgo, ...more }: GivenRecord & { ago?: number; movedAgo?: number } = {},
) => {
  const record = aRecord(given, { receivedAt: time.now() - ago, ...more })
  const SentTimestamp = String(time.now() - (movedAgo ?? ago))
  return time.run(deliver(worker, [{ ...record, attributes: { ...record.attributes, SentTimestamp } }]))
}
const valuesOf = ({ metrics }: Simulation, name: string) => metrics.values.get(name) ?? []

it('tells at every try how long a message has lain in its queue, though only every tenth is logged', async () => {
  const simulation = start()
  simulation.campaign.addFaults([{ match: { path: '/tenant' }, times: 100, answer: { status: 429 } }])
  const worker = simulation.startWorker()
  const own = changes()
  for (const receives of [2, 3, 4]) await work(simulation, worker, own, { ago: receives * MINUTE, receives })
  const told = valuesOf(simulation, 'DeferredAge').map((age) => Math.floor(age / MINUTE))
  expect(told).toEqual([2, 3, 4])
  expect(simulation.metrics.changes).toEqual(new Map())
  expect(simulation.log.lines.filter(({ message }) => message === 'change.delivered')).toEqual([])

  await work(simulation, worker, own, { ago: MINUTE, lane: 'consent' })
  expect(valuesOf(simulation, 'DeferredAge')).toHaveLength(3)
  expect(valuesOf(simulation, 'DeferredConsentAge')).toHaveLength(1)
})

it('does not take the time in which a change waited for its profile for time in the queue', async () => {
  const simulation = start()
  simulation.campaign.addFaults([{ match: { path: '/tenant' }, times: 1, answer: { status: 429 } }])
  await work(simulation, simulation.startWorker(), changes(), { ago: 60 * HOUR, movedAgo: MINUTE, hop: 9 })
  const [age = 0] = valuesOf(simulation, 'DeferredAge')
  expect(age).toBeGreaterThanOrEqual(MINUTE)
  expect(age).toBeLessThan(2 * MINUTE)
})

it('tells nothing of the age of what leaves the queue but its age at its end', async () => {
  const simulation = start()
  await work(simulation, simulation.startWorker(), changes(), { ago: MINUTE })
  expect(valuesOf(simulation, 'DeferredAge')).toEqual([])
  expect(valuesOf(simulation, 'Age')).toEqual([expect.closeTo(MINUTE, -4)])
})

it('has no age below nothing where the clock of accept is ahead: there would be no percentiles', async () => {
  const simulation = start()
  await work(simulation, simulation.startWorker(), changes(), { ago: -MINUTE })
  expect(valuesOf(simulation, 'Age')).toEqual([0])
})

it('counts a fault of configuration for as long as it lasts, though a worker says it once', async () => {
  const simulation = start()
  const worker = simulation.startWorker()
  const faults = () => valuesOf(simulation, 'ConfigurationFault')
  simulation.campaign.changeClientSecret('another')
  const seen: number[] = []
  for (let hour = 0; hour < 4; hour += 1) {
    await work(simulation, worker, changes())
    seen.push(faults().filter((value) => value > 0).length)
    await simulation.time.pass(HOUR)
  }
  expect(seen.every((count, place) => count > (seen[place - 1] ?? 0))).toBe(true)
  expect(simulation.log.lines.filter(({ message }) => message === 'campaign.configuration')).toHaveLength(1)
  expect(faults()).not.toContain(0)
})

it('tells that configuration is right wherever Campaign answers as it should', async () => {
  const simulation = start()
  await work(simulation, simulation.startWorker(), changes())
  expect(new Set(valuesOf(simulation, 'ConfigurationFault'))).toEqual(new Set([0]))
})

it('counts every request that Campaign gets, answered or not, and none to IMS', async () => {
  const simulation = start({ environment: { VERIFY: 'always' } })
  simulation.campaign.addFaults([
    { match: { method: 'PATCH', path: '/tenant' }, times: 1, answer: { appliedButLost: true } },
  ])
  await work(simulation, simulation.startWorker(), changes())
  await simulation.time.pass(2 * MINUTE)
  await work(simulation, simulation.startWorker(), changes())
  const calls = simulation.campaign.requests().filter(({ path }) => path.startsWith('/tenant/'))
  expect(calls.length).toBeGreaterThan(2)
  expect(simulation.metrics.total('EngineCalls')).toBe(calls.length)
})

it('counts batches that are not begun because Campaign is away', async () => {
  const simulation = start()
  simulation.campaign.addProfiles([{ cusCrmId: '2' }])
  simulation.campaign.addFaults([{ match: { path: '/tenant' }, times: 1000, answer: { status: 503 } }])
  const worker = simulation.startWorker()
  const one = (value: string) => [aChange({ match: [key(value)], set: { phone: '1' } })]
  for (let round = 0; round < 8; round += 1) {
    expect(simulation.metrics.total('BreakerOpen')).toBe(0)
    await work(simulation, worker, one('1'))
    await work(simulation, worker, one('2'))
    if (simulation.log.lines.some(({ message }) => message === 'campaign.breaker')) break
    await simulation.time.pass(2000)
  }
  await work(simulation, worker, one('1'))
  expect(simulation.metrics.total('BreakerOpen')).toBeGreaterThan(0)
})

it('counts an unreadable message once it is put aside', async () => {
  let isRefused = true
  const simulation = start({ refusesSends: () => isRefused })
  const record = { ...aRecord(changes()), body: '{}' }
  const worker = simulation.startWorker()
  await simulation.time.run(simulation.deliver(worker, [record]))
  expect(simulation.metrics.total('ParkedUnreadable')).toBe(0)
  isRefused = false
  await simulation.time.run(simulation.deliver(worker, [record]))
  expect(simulation.metrics.total('ParkedUnreadable')).toBe(1)
  expect(simulation.parked).toHaveLength(1)
})

it('leaves an unreadable message out of the queue where it observes: said, and neither parked nor counted as parked', async () => {
  const simulation = start({ environment: { MODE: 'observe' } })
  const record = { ...aRecord(changes()), body: '{}' }
  const answer = await simulation.time.run(simulation.deliver(simulation.startWorker(), [record]))
  expect(answer.batchItemFailures).toEqual([])
  expect(simulation.parked).toEqual([])
  expect(simulation.metrics.total('ParkedUnreadable')).toBe(0)
  expect(simulation.log.lines).toMatchObject([{ message: 'message.unreadable', messageId: record.messageId }])
})
