// SQS puts aside by itself what it has handed out a thousand times. Long before, a change that only waits is sent on as a
// new message of its own queue: an outage of Campaign may last for days.
import { expect, it } from 'vitest'
import type { Lane } from '../../functions/change/lane.ts'
import { MOST_RECEIVES, readMessage } from '../../functions/change/message.ts'
import { limits } from '../../infra/limits.ts'
import { aChange, aQueuedRecord, aRecord } from '../support/records.ts'
import { QUEUES, type Simulation, startSimulation } from '../support/simulation.ts'

const DAY = 24 * 3_600_000
const URLS: Readonly<Record<Lane, string>> = {
  changes: QUEUES.CHANGES_QUEUE_URL,
  consent: QUEUES.CONSENT_QUEUE_URL,
}
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
  let record = recordIn(simulation, lane)
  let receives = 1
  for (;;) {
    if (receives > limits.maxReceiveCount) return 'put aside by SQS'
    if (simulation.time.now() >= until) simulation.campaign.setFaults([])
    const attributes = { ...record.attributes, ApproximateReceiveCount: String(receives) }
    const sent = simulation.queue.sent.length
    const { batchItemFailures } = await simulation.time.run(
      simulation.deliver(worker, [{ ...record, attributes }]),
    )
    const [renewed] = simulation.queue.sent.slice(sent).filter(({ QueueUrl }) => QueueUrl === URLS[lane])
    receives = renewed ? 1 : receives + 1
    if (renewed) record = { ...aQueuedRecord(renewed), eventSourceARN: record.eventSourceARN }
    else if (batchItemFailures.length === 0) return 'left'
    await simulation.time.pass((simulation.hidden.get(record.receiptHandle) ?? 0) * 1000)
  }
}

it.each(['changes', 'consent'] as const)(
  'applies a change of %s that has waited for Campaign for eleven days',
  async (lane) => {
    const simulation = startSimulation({ random: () => 0 })
    simulation.campaign.addProfiles([{ cusCrmId: 'ada' }])
    away(simulation)
    expect(await livesThrough(simulation, lane, simulation.time.now() + 11 * DAY)).toBe('left')
    expect(simulation.campaign.profiles()).toMatchObject([SET[lane]])
    expect(simulation.parked).toEqual([])
  },
)

it('is the same change then, of the same age and group, one hop further', async () => {
  const simulation = startSimulation()
  away(simulation)
  const record = recordIn(simulation, 'consent', MOST_RECEIVES - 1)
  await simulation.time.run(simulation.deliver(simulation.startWorker(), [record]))
  const [renewed, ...others] = simulation.queue.sent
  expect(others).toEqual([])
  expect(renewed).toMatchObject({ QueueUrl: URLS.consent, MessageGroupId: 'ada' })
  expect(readMessage(renewed?.MessageBody ?? '')).toEqual({ ...readMessage(record.body), hop: 1 })
})

it('stays where it is while the queue takes nothing', async () => {
  const simulation = startSimulation({ refusesSends: () => true })
  away(simulation)
  const record = recordIn(simulation, 'changes', MOST_RECEIVES - 1)
  const answer = await simulation.time.run(simulation.deliver(simulation.startWorker(), [record]))
  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: record.messageId }])
})
