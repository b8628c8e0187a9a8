// A ledger that fails some of its calls, as one that is throttled does: whoever holds a lease then has not died of it.
import { describe, expect, it, vi } from 'vitest'
import { INVOCATION_MILLISECONDS } from '../../functions/deliver/invocation.ts'
import { LedgerError } from '../../functions/deliver/ledger/ledger.ts'
import { aBacklog, byKey, recordsOf, seededRandom, startWorkers } from '../support/backlog.ts'
import { aChange, aRecord } from '../support/records.ts'
import { startSimulation } from '../support/simulation.ts'

vi.setConfig({ testTimeout: 30_000 })

const HOUR = 3_600_000
const PEOPLE = 20
const throttled = () => new LedgerError(new Error('throttled'))

describe.each(['never', 'always'])('where VERIFY is %s', (VERIFY) => {
  it('nobody is parked for it, and all is applied when the ledger is well again', async () => {
    const random = seededRandom(7)
    let part = 0.7
    const simulation = startSimulation({
      environment: { VERIFY },
      random: seededRandom(3),
      onAws: (service) => {
        if (service === 'ledger' && random() < part) throw throttled()
      },
    })
    const { time, campaign } = simulation
    const backlog = aBacklog(simulation, startWorkers(simulation, 2), recordsOf(simulation, PEOPLE, byKey))
    await backlog.work(time.now() + 24 * HOUR)
    part = 0
    await backlog.work(time.now() + HOUR)
    expect(simulation.parked).toEqual([])
    expect(campaign.profiles().filter(({ phone }) => phone === '1')).toHaveLength(PEOPLE)
  })
})

it('the next change of a profile is not kept waiting where its lease was hard to end after the read-back', async () => {
  const seen: string[] = []
  let failures = 2
  const simulation = startSimulation({
    environment: { VERIFY: 'always' },
    onAws: (service) => {
      const isReadBack = seen.at(-2) === 'PATCH' && seen.at(-1) === 'GET'
      if (service !== 'ledger' || !isReadBack || failures === 0) return
      failures -= 1
      throw throttled()
    },
  })
  simulation.campaign.addProfiles([{ cusCrmId: 'ada' }])
  const worker = simulation.startWorker(undefined, { onRequest: ({ method }) => void seen.push(method) })
  for (const phone of ['1', '2']) {
    const record = aRecord([aChange({ match: [byKey('ada')], set: { phone } })])
    const { batchItemFailures } = await simulation.time.run(simulation.deliver(worker, [record]))
    expect(batchItemFailures).toEqual([])
  }
  expect(failures).toBe(0)
  expect(simulation.campaign.profiles()).toMatchObject([{ phone: '2' }])
})

it('an invocation ends in its time where the ledger fails from the write on', async () => {
  let isAway = false
  const simulation = startSimulation({
    settings: { latencyMs: 26_500 },
    environment: { REQUEST_TIMEOUT_SECONDS: '30' },
    onAws: (service) => {
      if (service === 'ledger' && isAway) throw throttled()
    },
  })
  const { time } = simulation
  const worker = simulation.startWorker(undefined, {
    onRequest: ({ method }) => {
      isAway = method === 'PATCH'
    },
  })
  const begun = time.now()
  await time.run(simulation.deliver(worker, recordsOf(simulation, 1, byKey)))
  expect(isAway).toBe(true)
  expect(time.now() - begun).toBeLessThan(INVOCATION_MILLISECONDS - 1000)
  expect(simulation.underWay()).toBe(0)
})
