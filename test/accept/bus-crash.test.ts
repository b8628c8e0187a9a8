// The function behind the inbox may end at any await: SQS hands the message out again, and it comes to the same end.
import type { SQSRecord } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { createBus } from '../../functions/accept/bus.ts'
import { queuedChanges } from '../support/edges.ts'
import { type Around, inMemorySecrets, inMemorySqs } from '../support/in-memory-aws.ts'
import { anEvent, busMappings, inInbox } from '../support/inbox-messages.ts'
import { startMortal, startMortalWorker } from '../support/mortal-worker.ts'
import { drain, VISIBILITY_MILLISECONDS } from '../support/queue.ts'
import { directChange } from '../support/sent-events.ts'
import { PSEUDONYM_KEY, QUEUES, type Simulation, startSimulation } from '../support/simulation.ts'

const toAda = { match: { email: 'ada@example.com' } }
const EVENT = anEvent([
  directChange({ id: 'one', ...toAda, set: { phone: '1' } }),
  directChange({ id: 'two', ...toAda, set: { fax: '2' } }),
  directChange({ id: 'three', match: { cusCrmId: '17' }, set: { phone: '3' } }),
  directChange({ id: 'four', match: { email: 'nobody@example.com' }, set: { phone: '4' } }),
  directChange({ id: 'bad', set: { salutation: 7 } }),
])

const start = () => {
  const simulation = startSimulation({ environment: { UNMATCHED: 'park' } })
  simulation.campaign.addProfiles([{ email: 'ada@example.com' }, { cusCrmId: '17' }])
  return simulation
}

/** A worker behind the inbox, around whose calls a test may do what it likes. */
const startBus = ({ queue, time, log, metrics }: Simulation, around: Around = (call) => call()) => {
  const bus = createBus({
    environment: { ...QUEUES, PSEUDONYM_SECRET_ID: 'pseudonym', BUSINESS_KEY: 'cusCrmId' },
    mappings: busMappings,
    clients: {
      sqs: inMemorySqs(queue, around, time.now, () => false),
      secretsManager: inMemorySecrets({ pseudonym: PSEUDONYM_KEY }),
    },
    time,
    log,
    metrics,
  })
  return async (record: SQSRecord) =>
    (await bus({ Records: [record] }, { getRemainingTimeInMillis: () => 30_000 })).batchItemFailures
}

/** Works everything that was queued, by the books. */
const finish = async (simulation: Simulation) => {
  const worker = startMortalWorker(simulation)
  await drain(simulation, queuedChanges(simulation), {
    pick: (count) => Array.from({ length: count }, (_, place) => place),
    worker: () => worker,
    sideBySide: 1,
  })
}

const endOf = ({ campaign, parked, log }: Simulation) => ({
  profiles: campaign.profiles().map(({ email, cusCrmId, phone, fax }) => ({ email, cusCrmId, phone, fax })),
  parked: parked.map(({ MessageBody }) => JSON.parse(MessageBody).parked.code).toSorted(),
  ended: [...new Set(log.lines.flatMap((line) => (isEnd(line) ? [line['index']] : [])))].toSorted(),
})
const isEnd = ({ message, outcome }: Record<string, unknown>): boolean =>
  message === 'change.delivered' && outcome !== 'deferred'

const undisturbed = async () => {
  const simulation = start()
  const counter = startMortal()
  const record = inInbox(EVENT, { sentAt: simulation.time.now() })
  expect(await simulation.time.run(startBus(simulation, counter.around)(record))).toEqual([])
  await finish(simulation)
  return { end: endOf(simulation), points: counter.points(), queued: queuedChanges(simulation).length }
}

describe('accept/bus', () => {
  it('ends the same wherever it dies, and what it had queued by then is not queued twice', async () => {
    const { end, points, queued } = await undisturbed()
    expect(end).toMatchObject({ parked: ['unmatched', 'value-invalid'], ended: [0, 1, 2, 3] })
    expect(points).toBeGreaterThanOrEqual(4)
    for (let at = 1; at <= points; at += 1) {
      const simulation = start()
      const record = inInbox(EVENT, { sentAt: simulation.time.now() })
      const mortal = startMortal(at)
      await simulation.time.run(Promise.race([startBus(simulation, mortal.around)(record), mortal.death]))
      await simulation.time.pass(VISIBILITY_MILLISECONDS)
      expect(await simulation.time.run(startBus(simulation)(record)), `killed at point ${at}`).toEqual([])
      await finish(simulation)
      expect(endOf(simulation), `killed at point ${at}`).toEqual(end)
      expect(queuedChanges(simulation), `killed at point ${at}`).toHaveLength(queued)
    }
  })

  it('ends as duplicate what comes again when SQS has forgotten it', async () => {
    const { end } = await undisturbed()
    const simulation = start()
    const record = inInbox(EVENT, { sentAt: simulation.time.now() })
    await simulation.time.run(startBus(simulation)(record))
    await finish(simulation)
    const before = simulation.campaign.profiles()
    await simulation.time.pass(6 * 60_000)
    await simulation.time.run(startBus(simulation)(record))
    await finish(simulation)
    expect(simulation.campaign.profiles()).toEqual(before)
    expect(endOf(simulation).ended).toEqual(end.ended)
    const outcomes = simulation.log.lines.filter(isEnd).map(({ outcome }) => outcome)
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(3)
    expect(outcomes).toContain('duplicate')
  })
})
