// A worker may end at any await: before a call took effect, or after it and before anybody heard of it.
import { expect, it } from 'vitest'
import { startMortalWorker } from '../support/mortal-worker.ts'
import { drain, VISIBILITY_MILLISECONDS } from '../support/queue.ts'
import { aChange, aRecord } from '../support/records.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const at = (minute: number) => Date.parse('2026-11-22T08:00:00.000Z') + minute * 60_000
const ada = { attribute: 'cusCrmId', value: 'crm-ada' }
const adaByEmail = { attribute: 'email', value: 'ada@example.com' }
const bob = { attribute: 'email', value: 'bob@example.com' }
const nobody = { attribute: 'email', value: 'nobody@example.com' }

/** Two people, two match keys of one of them, an order that must not matter, one change nobody can apply. */
const records = () => [
  aRecord([
    aChange({ match: [ada], set: { phone: 'late' }, occurredAt: at(3) }),
    aChange({ match: [ada], set: { phone: 'early', firstName: 'Ada' }, occurredAt: at(1), index: 1 }),
  ]),
  aRecord([
    aChange({ match: [adaByEmail], set: { phone: 'between', lastName: 'Lovelace' }, occurredAt: at(2) }),
  ]),
  aRecord([
    aChange({
      match: [bob],
      set: { 'location.city': 'Łódź' },
      restate: { salutation: 'Mr' },
      occurredAt: at(1),
    }),
  ]),
  aRecord([aChange({ match: [nobody], set: { phone: '1' }, occurredAt: at(1) })]),
]

const endOf = (simulation: Simulation) => ({
  profiles: simulation.campaign
    .profiles()
    .map(({ email, phone, firstName, lastName, salutation, location }) => ({
      ...{ email, phone, firstName, lastName, salutation, location },
    })),
  parked: simulation.parked.map(({ MessageBody }) => {
    const { changes, parked } = JSON.parse(MessageBody)
    return { code: parked.code, match: changes[0].match }
  }),
  ended: new Set(
    simulation.log.lines.flatMap((line) =>
      line.message === 'change.delivered' && line['outcome'] !== 'deferred'
        ? [`${line['receipt']}-${line['index']}`]
        : [],
    ),
  ).size,
})

const start = (verify: string) => {
  const simulation = startSimulation({ environment: { VERIFY: verify, UNMATCHED: 'park' } })
  simulation.campaign.addProfiles([
    { cusCrmId: 'crm-ada', email: 'ada@example.com' },
    { email: 'bob@example.com' },
  ])
  return simulation
}

const finish = (simulation: Simulation, batch: ReturnType<typeof records>) => {
  const fresh = startMortalWorker(simulation)
  return drain(simulation, batch, {
    pick: (count) => Array.from({ length: count }, (_, place) => place),
    worker: () => fresh,
    sideBySide: 1,
  })
}

it.each(['never', 'always'])(
  'ends the same wherever the worker dies and the batch comes again (VERIFY=%s)',
  async (verify) => {
    const undisturbed = start(verify)
    await finish(undisturbed, records())
    const expected = endOf(undisturbed)
    expect(expected.profiles).toMatchObject([
      { phone: 'late', firstName: 'Ada', lastName: 'Lovelace' },
      { location: { city: 'Łódź' }, salutation: 'Mr' },
    ])
    expect(expected).toMatchObject({ parked: [{ code: 'unmatched', match: [nobody] }], ended: 5 })

    const counted = start(verify)
    const counter = startMortalWorker(counted)
    await counted.time.run(counted.deliver(counter.deliver, records()))
    // Twice per call: a lookup each for four groups, three leases taken and given back, patches, the token, the parking.
    expect(counter.points()).toBeGreaterThanOrEqual(2 * 12)

    for (let point = 1; point <= counter.points(); point += 1) {
      const simulation = start(verify)
      const worker = startMortalWorker(simulation, point)
      const batch = records()
      const delivered = simulation.deliver(worker.deliver, batch).then(() => {})
      await simulation.time.run(Promise.race([delivered, worker.death]))
      await simulation.time.pass(VISIBILITY_MILLISECONDS)
      await finish(simulation, batch)
      expect(endOf(simulation), `killed at point ${point}`).toEqual(expected)
    }
  },
)
