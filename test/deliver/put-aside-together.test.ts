// A change that is put aside while another of its message has to wait: it is parked with the message's end, once, and
// nothing says that it has ended before it lies in the parked queue.
import { beforeEach, expect, it } from 'vitest'
import type { Change, MatchEntry } from '../../functions/change/change.ts'
import type { Lease } from '../../functions/deliver/ledger/ledger.ts'
import { startMortalWorker } from '../support/mortal-worker.ts'
import { drain } from '../support/queue.ts'
import { aChange, aRecord } from '../support/records.ts'
import { type Simulation, type SimulationOptions, startSimulation } from '../support/simulation.ts'

const HOUR = 3_600_000
const nobody: MatchEntry = { attribute: 'email', value: 'nobody@example.com' }
const keyOf = (value: string): MatchEntry => ({ attribute: 'cusCrmId', value })
const refused = aChange({ match: [nobody, keyOf('ada')], set: { cusTier: 'gold' } })
const other = aChange({ match: [nobody, keyOf('bob')], set: { phone: '1' }, index: 1 })

let simulation: Simulation
const start = (options: SimulationOptions = {}) => {
  simulation = startSimulation({ ...options, settings: { customFields: { cusTier: null } } })
  simulation.campaign.addProfiles([{ cusCrmId: 'ada' }, { cusCrmId: 'bob' }])
}
beforeEach(() => start())

/** Somebody else has the other one's profile for so long. */
const holdBob = async (milliseconds: number): Promise<Lease | undefined> => {
  const worker = startMortalWorker(simulation)
  // The ledger's name of Bob, which only it knows.
  await simulation.time.run(
    simulation.deliver(worker.deliver, [aRecord([aChange({ match: [keyOf('bob')], set: { fax: '1' } })])]),
  )
  const [identity = ''] = simulation.ledger.items.keys()
  const until = simulation.time.now() + milliseconds
  return simulation.ledger.take({ identity, owner: 'somebody', until, names: [] })
}

const finish = (ageMilliseconds = 0) => {
  const worker = startMortalWorker(simulation)
  const record = aRecord([refused, other], { receivedAt: simulation.time.now() - ageMilliseconds })
  return drain(simulation, [record], { pick: () => [0], worker: () => worker, sideBySide: 1 })
}

const linesOf = ({ id }: Change) =>
  simulation.log.lines.filter(({ message, changeId }) => message === 'change.delivered' && changeId === id)
const outcomesOf = (change: Change) =>
  linesOf(change).map(({ outcome, code }) => `${outcome} ${code ?? ''}`.trim())
const parked = () =>
  simulation.parked.map(({ MessageBody, sentAt }) => {
    const { changes, parked: why } = JSON.parse(MessageBody)
    return { id: changes[0].id, code: why.code, sentAt }
  })

it('is parked once, when the other has ended, and said to wait until then', async () => {
  await holdBob(HOUR)
  await finish()
  expect(parked()).toMatchObject([{ id: refused.id, code: 'attribute-unknown' }])
  expect(outcomesOf(refused)[0]).toBe('deferred waits-with-others')
  expect(outcomesOf(refused).filter((one) => !one.startsWith('deferred'))).toEqual([
    'parked attribute-unknown',
  ])
  expect(outcomesOf(other).at(-1)).toBe('applied')
  expect(simulation.campaign.profiles()).toMatchObject([{}, { phone: '1' }])
})

it('is parked after twelve days at the latest, beside the other one', async () => {
  await holdBob(20 * 24 * HOUR)
  const begunAt = simulation.time.now()
  await finish(11.9 * 24 * HOUR)
  expect(
    parked()
      .map(({ id, code }) => `${id} ${code}`)
      .toSorted(),
  ).toEqual([`${refused.id} attribute-unknown`, `${other.id} expired`].toSorted())
  const hours = parked().map(({ sentAt }) => (sentAt - begunAt) / HOUR)
  expect(Math.min(...hours)).toBeGreaterThan(2)
  expect(Math.max(...hours)).toBeLessThan(0.1 * 24 + 0.5)
})

it('is not said to have ended while the parked queue does not take it', async () => {
  let refusals = 0
  start({
    refusesSends: () => {
      refusals += 1
      return refusals <= 7
    },
  })
  await finish()
  expect(outcomesOf(refused)).toEqual(['deferred queue-unavailable', 'parked attribute-unknown'])
  expect(parked()).toHaveLength(1)
})

it('is parked once though the parked queue took it and nobody heard so', async () => {
  let answersLost = 0
  start({
    onAwsAnswer: (service) => {
      if (service !== 'queue' || answersLost >= 4) return
      answersLost += 1
      throw new Error('the connection broke')
    },
  })
  await finish()
  expect(answersLost).toBe(4)
  expect(outcomesOf(refused)).toEqual(['deferred queue-unavailable', 'parked attribute-unknown'])
  expect(parked()).toHaveLength(1)
})
