// DELETES=opt-out: a contact that was deleted in the CRM closes a profile that is there, and makes none to be closed.
import { expect, it } from 'vitest'
import { aChange, aRecord } from '../support/records.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const HOUR = 60 * 60 * 1000
const key = { attribute: 'cusCrmId', value: 'crm-ada' }
/** As a kind decodes the event of a deletion where it is to be an opt-out. */
const deletion = () => aChange({ match: [key], set: { blackList: true }, isDeletion: true })

const work = async (simulation: Simulation, changes: ReturnType<typeof deletion>[], hours = 0) => {
  const receivedAt = simulation.time.now() - hours * HOUR
  const record = aRecord(changes, { receivedAt })
  await simulation.time.run(simulation.deliver(simulation.startWorker(), [record]))
  return simulation.log.lines.splice(0)
}

it.each([
  ['wait', 0, 'waiting'],
  ['create', 0, 'waiting'],
  ['wait', 71, 'waiting'],
  ['create', 71, 'waiting'],
  ['wait', 73, 'unmatched'],
  ['create', 73, 'unmatched'],
  ['park', 0, 'unmatched'],
] as const)(
  'with UNMATCHED=%s nobody is made of it, and after %i hours it is %s without an alarm',
  async (unmatched, hours, outcome) => {
    const simulation = startSimulation({ environment: { UNMATCHED: unmatched } })
    const lines = await work(simulation, [deletion()], hours)
    expect(lines.map((line) => [line.message, line['outcome']])).toEqual([['change.delivered', outcome]])
    expect(simulation.campaign.profiles()).toEqual([])
    const made = simulation.campaign
      .requests()
      .filter(({ method, path }) => method === 'POST' && !path.startsWith('/ims'))
    expect(made).toEqual([])
  },
)

it('closes the profile that another change of the delivery makes, or that has appeared since', async () => {
  for (const others of [[aChange({ match: [key], set: { phone: '1' }, index: 1 })], []]) {
    const simulation = startSimulation({ environment: { UNMATCHED: 'create' } })
    if (others.length === 0) simulation.campaign.addProfiles([{ cusCrmId: key.value }])
    await work(simulation, [deletion(), ...others])
    expect(simulation.campaign.profiles()).toMatchObject([{ cusCrmId: key.value, blackList: true }])
  }
})

it('any other opt-out of somebody unknown still makes her, or waits with an alarm', async () => {
  const optOut = () => aChange({ match: [key], set: { blackList: true } })
  const creating = startSimulation({ environment: { UNMATCHED: 'create' } })
  expect(await work(creating, [optOut()])).toMatchObject([{ outcome: 'created' }])
  const waiting = await work(startSimulation(), [optOut()], 73)
  expect(waiting).toMatchObject([{ outcome: 'waiting' }, { message: 'consent.unmatched' }])
})
