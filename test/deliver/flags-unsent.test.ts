// A flag that could not even be sent, for want of the budget or of a secret, must not pass for one that may have landed.
import { expect, it } from 'vitest'
import { LedgerError } from '../../functions/deliver/ledger/ledger.ts'
import { startMortalWorker } from '../support/mortal-worker.ts'
import { onThePage } from '../support/page.ts'
import { aChange, aRecord } from '../support/records.ts'
import { startSimulation } from '../support/simulation.ts'

const MINUTE = 60_000
const ada = { attribute: 'cusCrmId', value: 'ada' }

it('hears the page right after an opt-out of ours that the budget kept from being sent', async () => {
  const simulation = startSimulation()
  simulation.campaign.addProfiles([{ cusCrmId: 'ada' }])
  const began = simulation.time.now()
  const once = (blackListEmail: boolean, minutes: number) => {
    const change = aChange({ match: [ada], set: { blackListEmail }, occurredAt: began + minutes * MINUTE })
    return simulation.time.run(simulation.deliver(startMortalWorker(simulation).deliver, [aRecord([change])]))
  }
  simulation.budgetFault.current = new LedgerError(new Error('away'))
  await once(true, -5)
  simulation.budgetFault.current = undefined
  await simulation.time.pass(1000)
  await onThePage(simulation, 'ada', { blackListEmail: true })
  await simulation.time.pass(1000)
  await once(false, -4)
  expect(simulation.campaign.profiles()[0]?.['blackListEmail']).toBe(true)
})
