// Accept may end at any await, and so may the mover: what was answered with a 2xx has an outcome, and nothing is lost.
import { describe, expect, it } from 'vitest'
import { type Post, queuedChanges, startAccept, startMover } from '../support/edges.ts'
import { messagesIn } from '../support/in-memory-aws.ts'
import { startMortal, startMortalWorker } from '../support/mortal-worker.ts'
import { drain } from '../support/queue.ts'
import { aChange, aRecord } from '../support/records.ts'
import { directChange, hubspotEvent } from '../support/sent-events.ts'
import { QUEUES, type Simulation, startSimulation } from '../support/simulation.ts'

const start = () => {
  const simulation = startSimulation({ environment: { UNMATCHED: 'park' } })
  simulation.campaign.addProfiles([
    { cusCrmId: '17', email: 'ada@example.com' },
    { email: 'bob@example.com' },
  ])
  return simulation
}

const toAda = { match: { email: 'ada@example.com' } }
const deliveries: Readonly<Record<string, Parameters<Post>>> = {
  'our own changes': [
    'direct',
    [
      directChange({ id: 'one', ...toAda, set: { phone: '1' } }),
      directChange({ id: 'two', ...toAda, set: { fax: '2' } }),
      directChange({ id: 'three', match: { email: 'bob@example.com' }, set: { phone: '3' } }),
      directChange({ id: 'four', match: { email: 'nobody@example.com' }, set: { phone: '4' } }),
    ],
  ],
  'a vendor’s events, one of them bad': [
    'hubspot',
    [
      hubspotEvent({ eventId: 1, objectId: 17, propertyName: 'firstname', propertyValue: 'Ada' }),
      hubspotEvent({ eventId: 2, objectId: 17, propertyName: 'phone', propertyValue: '1' }),
      hubspotEvent({ eventId: 3, objectId: 17, propertyName: 'salutation', propertyValue: 'nothing known' }),
    ],
  ],
  'changes whose sender waits': [
    'direct',
    [
      directChange({ id: 'five', ...toAda, set: { phone: '5' } }),
      directChange({ id: 'six', match: { email: 'nobody@example.com' }, set: { phone: '6' } }),
    ],
    { prefer: 'wait=10' },
  ],
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

const endOf = (simulation: Simulation) => ({
  profiles: simulation.campaign
    .profiles()
    .map(({ email, phone, fax, firstName }) => ({ ...{ email, phone, fax, firstName } })),
  parked: new Set(simulation.parked.map(({ MessageBody }) => JSON.parse(MessageBody).parked.code)),
})

const outcomesOf = (simulation: Simulation) =>
  simulation.log.lines.filter(
    ({ message, outcome }) => message === 'change.delivered' && outcome !== 'deferred',
  )

/** How many changes of this receipt have ended, as their lines say. */
const endedOf = (simulation: Simulation, receipt: unknown) =>
  new Set(outcomesOf(simulation).flatMap((line) => (line['receipt'] === receipt ? [line['index']] : []))).size

describe.each(Object.entries(deliveries))('accept, given %s', (_name, delivery) => {
  it('ends the same wherever it dies and the sender sends again', async () => {
    const undisturbed = start()
    const counter = startMortal()
    const post = startAccept(undisturbed, counter.around, undisturbed.startWorker())
    const first = await undisturbed.time.run(post(...delivery))
    expect([200, 202]).toContain(first.status)
    await finish(undisturbed)
    const expected = endOf(undisturbed)
    expect(counter.points()).toBeGreaterThanOrEqual(2)

    for (let at = 1; at <= counter.points(); at += 1) {
      const simulation = start()
      const mortal = startMortal(at)
      const dying = startAccept(simulation, mortal.around, simulation.startWorker())
      await simulation.time.run(Promise.race([dying(...delivery), mortal.death]))
      await simulation.time.pass(30_000)
      const again = startAccept(simulation, (call) => call(), simulation.startWorker())
      const answer = await simulation.time.run(again(...delivery))
      expect(answer.status, `killed at point ${at}`).toBe(first.status)
      await finish(simulation)
      expect(endOf(simulation), `killed at point ${at}`).toEqual(expected)
      const accepted = Number(answer.body['accepted'])
      expect(endedOf(simulation, answer.body['receipt']), `killed at point ${at}`).toBe(accepted)
    }
  })
})

it('ends what its sender sent twice, having seen no answer, as duplicates', async () => {
  const simulation = start()
  // After its message was put on the queue, and before anybody heard of it.
  const mortal = startMortal(2)
  const delivery: Parameters<Post> = ['direct', directChange({ ...toAda, set: { phone: '1' } })]
  const dying = startAccept(simulation, mortal.around, simulation.startWorker())
  await simulation.time.run(Promise.race([dying(...delivery), mortal.death]))
  const again = startAccept(simulation, (call) => call(), simulation.startWorker())
  await simulation.time.run(again(...delivery))
  await finish(simulation)
  expect(outcomesOf(simulation).map(({ outcome }) => outcome)).toEqual(['applied', 'duplicate'])
})

it('loses nothing that waits, wherever the mover dies', async () => {
  const waiting = async () => {
    const simulation = startSimulation()
    const people = Array.from({ length: 12 }, (_, place) => ({
      attribute: 'cusCrmId',
      value: `late-${place}`,
    }))
    const records = people.map((entry) => aRecord([aChange({ match: [entry], set: { phone: '1' } })]))
    const { deliver, startWorker, time } = simulation
    await time.run(deliver(startWorker(), records))
    simulation.campaign.addProfiles(people.map(({ value }) => ({ cusCrmId: value })))
    await time.pass(3_600_000)
    return simulation
  }
  const moved = (simulation: Simulation) =>
    new Set(queuedChanges(simulation).map(({ body }) => JSON.parse(body).changes[0].id)).size

  const undisturbed = await waiting()
  const counter = startMortal()
  expect(await undisturbed.time.run(startMover(undisturbed, counter.around)())).toEqual({ moved: 12 })
  expect(messagesIn(undisturbed.queue, QUEUES.WAITING_QUEUE_URL)).toEqual([])

  for (let at = 1; at <= counter.points(); at += 1) {
    const simulation = await waiting()
    const mortal = startMortal(at)
    await simulation.time.run(Promise.race([startMover(simulation, mortal.around)(), mortal.death]))
    await simulation.time.pass(3_600_000)
    await simulation.time.run(startMover(simulation, (call) => call())())
    expect(messagesIn(simulation.queue, QUEUES.WAITING_QUEUE_URL), `killed at point ${at}`).toEqual([])
    expect(moved(simulation), `killed at point ${at}`).toBe(12)
    await finish(simulation)
    expect(simulation.campaign.profiles().filter(({ phone }) => phone === '1')).toHaveLength(12)
  }
})
