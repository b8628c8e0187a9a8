// SQS puts aside by itself what it has handed out a thousand times. Long before, a change that only waits is sent on as a
// new message of its own queue: an outage of Campaign may last for days.
import { expect, it } from 'vitest'
import type { Lane } from '../../functions/change/lane.ts'
import { MOST_RECEIVES, readMessage } from '../../functions/change/message.ts'
import { limits } from '../../infra/limits.ts'
import { createArrivals } from '../support/arrivals.ts'
import { aChange, aRecord } from '../support/records.ts'
import { QUEUES, type Simulation, startSimulation } from '../support/simulation.ts'

const DAY = 24 * 3_600_000
const SET = { changes: { phone: '1' }, consent: { blackListEmail: true } } as const

const away = (simulation: Simulation) =>
  simulation.campaign.addFaults([{ match: { path: '/tenant' }, times: 1_000_000, answer: { status: 503 } }])

const recordIn = (simulation: Simulation, lane: Lane, receives = 1) => {
  const change = aChange({ match: [{ attribute: 'cusCrmId', value: 'ada' }], set: SET[lane] })
  return aRecord([change], { receivedAt: simulation.time.now(), lane, receives, group: 'ada' })
}

/** One message in a queue that puts aside what it has handed out too often; what became of it in the end. */
const livesThrough = async (simulation: Simulation, lane: Lane, until: number) => {
  const worker = simulation.startWorker()
  const arrivals = createArrivals(simulation.queue, [lane])
  let record = recordIn(simulation, lane)
  let receives = 1
  for (;;) {
    if (receives > limits.maxReceiveCount) return 'put aside by SQS'
    if (simulation.time.now() >= until) simulation.campaign.setFaults([])
    const attributes = { ...record.attributes, ApproximateReceiveCount: String(receives) }
    const { batchItemFailures } = await simulation.time.run(
      simulation.deliver(worker, [{ ...record, attributes }]),
    )
    const [renewed] = arrivals()
    receives = renewed ? 1 : receives + 1
    if (renewed) record = renewed
    else if (batchItemFailures.length === 0) return 'left'
    await simulation.time.pass((simulation.hidden.get(record.receiptHandle) ?? 0) * 1000)
  }
}

it.each([
  ['changes', 11],
  ['consent', 3],
] as const)('applies a change of %s that has waited for Campaign for %d days', async (lane, days) => {
  const simulation = startSimulation({ random: () => 0 })
  simulation.campaign.addProfiles([{ cusCrmId: 'ada' }])
  away(simulation)
  expect(await livesThrough(simulation, lane, simulation.time.now() + days * DAY)).toBe('left')
  expect(simulation.campaign.profiles()).toMatchObject([SET[lane]])
  expect(simulation.parked).toEqual([])
})

it('is the same change then, of the same age and group, one hop further', async () => {
  const simulation = startSimulation()
  away(simulation)
  const record = recordIn(simulation, 'consent', MOST_RECEIVES - 1)
  await simulation.time.run(simulation.deliver(simulation.startWorker(), [record]))
  const [renewed, ...others] = simulation.queue.sent
  expect(others).toEqual([])
  expect(renewed).toMatchObject({ QueueUrl: QUEUES.CONSENT_QUEUE_URL, MessageGroupId: 'ada' })
  expect(readMessage(renewed?.MessageBody ?? '')).toEqual({ ...readMessage(record.body), hop: 1 })
})

it('stays where it is while the queue takes nothing', async () => {
  const simulation = startSimulation({ refusesSends: () => true })
  away(simulation)
  const record = recordIn(simulation, 'changes', MOST_RECEIVES - 1)
  const answer = await simulation.time.run(simulation.deliver(simulation.startWorker(), [record]))
  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: record.messageId }])
})
