// SQS puts aside by itself what it has handed out a thousand times. Long before, a change that only waits is sent on as a
// new message of its own queue: an outage of Campaign may last for days.
import type { SQSRecord } from 'aws-lambda'
import { expect, it } from 'vitest'
import type { Lane } from '../../functions/change/lane.ts'
import { MOST_RECEIVES, readMessage, toMovedMessage } from '../../functions/change/message.ts'
import { limits } from '../../infra/limits.ts'
import { createArrivals } from '../support/arrivals.ts'
import { startVictim } from '../support/mortal-worker.ts'
import { VISIBILITY_MILLISECONDS } from '../support/queue.ts'
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

it('is the same change then, of the same age, group and hop', async () => {
  const simulation = startSimulation()
  away(simulation)
  const record = recordIn(simulation, 'consent', MOST_RECEIVES - 1)
  await simulation.time.run(simulation.deliver(simulation.startWorker(), [record]))
  const [renewed, ...others] = simulation.queue.sent
  expect(others).toEqual([])
  expect(renewed).toMatchObject({ QueueUrl: QUEUES.CONSENT_QUEUE_URL, MessageGroupId: 'ada' })
  expect(readMessage(renewed?.MessageBody ?? '')).toEqual(readMessage(record.body))
})

it('is not taken for what else comes of its delivery, nor for another message that was renewed', async () => {
  const simulation = startSimulation()
  away(simulation)
  const worker = simulation.startWorker()
  const record = recordIn(simulation, 'changes', MOST_RECEIVES - 1)
  await simulation.time.run(simulation.deliver(worker, [record]))
  await simulation.time.run(simulation.deliver(worker, [{ ...record, messageId: 'another' }]))
  const message = readMessage(record.body)
  if (!message) throw new Error('it is a message of changes')
  const ids = [...simulation.queue.sent, toMovedMessage(message, 'ada')].map((one) =>
    'deduplicationId' in one ? one.deduplicationId : one.MessageDeduplicationId,
  )
  expect(new Set(ids).size).toBe(3)
})

it('is not died of again where it was known as guilty, and waits for others of its message', async () => {
  const simulation = startSimulation()
  simulation.campaign.addProfiles([{ cusCrmId: 'ada' }])
  const match = [{ attribute: 'cusCrmId', value: 'ada' }] as const
  const poison = aChange({ match, set: { phone: 'poison' }, index: 0 })
  // An org unit has to be looked up, and that is away.
  const other = aChange({ match, set: { orgUnit: 'x' }, index: 1 })
  simulation.campaign.addFaults([
    { match: { method: 'GET', path: '/tenant' }, times: 1_000_000, answer: { status: 503 } },
  ])
  /** Whether the worker has died of it. */
  const dies = async (record: SQSRecord): Promise<boolean> => {
    const worker = startVictim(simulation, ({ body }) => body.includes('poison'))
    const delivered = simulation.deliver(worker.deliver, [record])
    const answer = await simulation.time.run(Promise.race([delivered, worker.death]))
    await simulation.time.pass(VISIBILITY_MILLISECONDS)
    return answer === undefined
  }
  const given = { receipt: 'both', group: 'ada', receivedAt: simulation.time.now() }
  let receives = 1
  while (await dies(aRecord([poison, other], { ...given, receives }))) receives += 1
  expect(receives).toBe(8)
  const arrivals = createArrivals(simulation.queue, ['changes'])
  expect(await dies(aRecord([poison, other], { ...given, receives: MOST_RECEIVES - 1 }))).toBe(false)
  const [renewed] = arrivals()
  if (!renewed) throw new Error('it is renewed')
  expect(await dies(renewed)).toBe(false)
})

it('stays where it is while the queue takes nothing', async () => {
  const simulation = startSimulation({ refusesSends: () => true })
  away(simulation)
  const record = recordIn(simulation, 'changes', MOST_RECEIVES - 1)
  const answer = await simulation.time.run(simulation.deliver(simulation.startWorker(), [record]))
  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: record.messageId }])
})
