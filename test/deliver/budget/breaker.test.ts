// The breaker's rules one by one: what opens it, what never does, who probes and when, what closes it.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Deliver } from '../../../functions/deliver/deliver.ts'
import type { FaultInput } from '../../../infra/local/campaign/faults.ts'
import { byEmail, byKey, engineCalls, recordsOf, startWorkers } from '../../support/backlog.ts'
import { aChange, aRecord } from '../../support/records.ts'
import { type Simulation, startSimulation } from '../../support/simulation.ts'

vi.setConfig({ testTimeout: 30_000 })

let simulation: Simulation
let workers: readonly Deliver[]
beforeEach(() => {
  simulation = startSimulation()
  workers = startWorkers(simulation, 2)
})
const forever = 1_000_000
const away = (match: FaultInput['match'], answer: FaultInput['answer'] = { status: 503 }) =>
  simulation.campaign.addFaults([{ match, times: forever, answer }])
const isBack = () => simulation.campaign.setFaults([])
const isOpen = () => simulation.budget.state().health.probeAt > 0
const calls = () => engineCalls(simulation.campaign.requests())
const changeOf = (name: string) =>
  aRecord([aChange({ match: [byKey(name)], set: { phone: '1' } })], { receivedAt: simulation.time.now() })
const deliver = (name: string, worker = workers[0]) => {
  if (!worker) throw new Error('no worker')
  return simulation.time.run(simulation.deliver(worker, [changeOf(name)]))
}
/** Tries these one after the other, one each second; some by one worker, some by another. */
const deliverEachSecond = async (seconds: number, nameOf: (second: number) => string) => {
  for (let second = 0; second < seconds; second += 1) {
    await deliver(nameOf(second), workers[second % workers.length])
    await simulation.time.pass(1000)
  }
}
const twoPeople = (second: number) => (second % 2 === 0 ? 'ada' : 'bob')
const lastCode = () => simulation.log.lines.findLast(({ message }) => message === 'change.delivered')?.code
const open = async () => {
  away({ path: '/tenant' })
  await deliverEachSecond(12, twoPeople)
  expect(isOpen()).toBe(true)
}

describe.each<readonly [string, FaultInput['match'], FaultInput['answer']]>([
  ['503', {}, { status: 503 }],
  ['502, that is a lost answer to a write', {}, { status: 502 }],
  ['resets', {}, { reset: true }],
  ['403 for everybody', { path: '/tenant' }, { status: 403 }],
  ['an endpoint that is gone, the collection too', { path: '/tenant' }, { status: 404 }],
  ['IMS being away', { path: '/ims/' }, { status: 503 }],
])('while Campaign answers %s', (_name, match, answer) => {
  it('opens after ten seconds', async () => {
    simulation.campaign.addProfiles([{ cusCrmId: 'ada' }, { cusCrmId: 'bob' }])
    away(match, answer)
    // A lost answer keeps its profile for a minute: other people's changes are tried meanwhile.
    await deliverEachSecond(10, (second) => `person-${second}`)
    expect(isOpen()).toBe(false)
    await deliverEachSecond(3, (second) => `another-${second}`)
    expect(isOpen()).toBe(true)
    expect(simulation.parked).toEqual([])
  })
})

describe('stays closed', () => {
  it('for one bad change, however often it is tried', async () => {
    away({ path: '/tenant/campaign/profileAndServicesExt/profile/ada' })
    await deliverEachSecond(60, () => 'ada')
    expect(isOpen()).toBe(false)
  })

  it('for one sender’s identity that fails beside others that succeed', async () => {
    away({ path: '/tenant/campaign/profileAndServicesExt/profile/ada' })
    away({ path: '/tenant/campaign/profileAndServicesExt/profile/bob' })
    simulation.campaign.addProfiles([{ cusCrmId: 'eve' }])
    await deliverEachSecond(60, (second) => ['ada', 'bob', 'ada', 'eve'][second % 4] ?? '')
    expect(isOpen()).toBe(false)
  })

  it('for fewer than five faults, however long there was no success', async () => {
    away({})
    for (const name of ['ada', 'bob', 'ada', 'bob']) {
      await deliver(name)
      await simulation.time.pass(15_000)
    }
    expect(isOpen()).toBe(false)
  })

  it('for faults that lie further apart than one outage’s', async () => {
    away({})
    for (let count = 0; count < 10; count += 1) {
      await deliver(twoPeople(count))
      await simulation.time.pass(90_000)
    }
    expect(isOpen()).toBe(false)
  })

  it('for any number of faults within ten seconds', async () => {
    away({})
    await deliverEachSecond(9, (second) => `person-${second}`)
    expect(isOpen()).toBe(false)
    isBack()
    simulation.campaign.addProfiles([{ cusCrmId: 'eve' }])
    await deliver('eve')
    away({})
    await deliverEachSecond(9, (second) => `person-${second}`)
    expect(isOpen()).toBe(false)
  })

  it('for keys that Campaign does not take for a URL: only the collection speaks for the whole', async () => {
    away({ path: '/tenant/campaign/profileAndServicesExt/profile/' }, { status: 404 })
    await deliverEachSecond(20, (second) => `person-${second}`)
    expect(isOpen()).toBe(false)
    expect(lastCode()).toBe('key-malformed')
  })

  it('for refusals and people who are not there: Campaign has answered', async () => {
    simulation.campaign.settings({ customFields: { cusTier: null } })
    away({ method: 'PATCH', path: '/tenant/campaign/profileAndServicesExt/profile/a' })
    await deliverEachSecond(40, (second) => ['ada', 'nobody', 'anna', 'nobody'][second % 4] ?? '')
    expect(isOpen()).toBe(false)
  })

  it('for 429, which is an answer', async () => {
    away({}, { status: 429 })
    await deliverEachSecond(30, twoPeople)
    expect(isOpen()).toBe(false)
  })

  it('for the dead token of one worker, while those of others are good', async () => {
    simulation.campaign.addProfiles([{ cusCrmId: 'eve' }])
    const [dead, alive] = workers
    const refused = () =>
      simulation.campaign.addFaults([{ match: { method: 'PATCH' }, times: 2, answer: { status: 401 } }])
    for (let second = 0; second < 60; second += 1) {
      refused()
      await deliver(`person-${second % 7}`, dead)
      simulation.campaign.setFaults([])
      if (second % 5 === 0) await deliver('eve', alive)
      await simulation.time.pass(1000)
    }
    expect(simulation.log.lines.filter(({ code }) => code === 'credentials-refused')).not.toEqual([])
    expect(isOpen()).toBe(false)
  })
})

describe('while it is open', () => {
  it('defers changes without a call until the probe, by whatever they are matched, and says why', async () => {
    await open()
    const before = calls().length
    const records = [...recordsOf(simulation, 3, byKey), ...recordsOf(simulation, 3, byEmail)]
    const { probeAt } = simulation.budget.state().health
    await simulation.time.run(
      simulation.deliver(simulation.startWorker(), records).then(async (answer) => {
        expect(answer.batchItemFailures).toHaveLength(6)
      }),
    )
    expect(probeAt).toBeGreaterThan(0)
    expect(lastCode()).toBe('breaker-open')
    expect(calls().length - before).toBeLessThanOrEqual(1)
    expect(simulation.parked).toEqual([])
  })

  it('asks the collection after 1, 2, 4 … 30 s, once for all workers', async () => {
    await open()
    const opened = simulation.time.now()
    const before = calls().length
    for (let step = 0; step < 600; step += 1) {
      await Promise.all([deliver('ada', workers[0]), deliver('bob', workers[1])])
      await simulation.time.pass(250)
    }
    const probes = calls().slice(before)
    const gaps = probes.slice(1).map(({ at }, place) => Math.floor((at - (probes[place]?.at ?? 0)) / 1000))
    expect(new Set(probes.map(({ path }) => path.split('?')[0]))).toEqual(
      new Set(['/tenant/campaign/profileAndServicesExt/profile']),
    )
    expect(gaps).toEqual([2, 4, 8, 16, 30, 30, 30])
    expect((probes[0]?.at ?? 0) - opened).toBeLessThanOrEqual(1000)
  })

  it('has one worker probe, though many come at the same moment', async () => {
    await open()
    await simulation.time.pass(60_000)
    const before = calls().length
    const many = startWorkers(simulation, 6)
    await simulation.time.run(
      Promise.all(
        [...workers, ...many].map((worker, place) =>
          simulation.deliver(worker, [changeOf(`person-${place}`)]),
        ),
      ),
    )
    expect(calls().length - before).toBe(1)
  })

  it('is closed by a probe that succeeds, and the changes that came with it are applied at once', async () => {
    await open()
    isBack()
    simulation.campaign.addProfiles([{ cusCrmId: 'ada' }, { cusCrmId: 'bob' }])
    await simulation.time.pass(1000)
    expect(await deliver('ada')).toEqual({ batchItemFailures: [] })
    expect(isOpen()).toBe(false)
    expect(await deliver('bob', workers[1])).toEqual({ batchItemFailures: [] })
    expect(simulation.campaign.profiles()).toMatchObject([{ phone: '1' }, { phone: '1' }])
    expect(simulation.log.lines.filter(({ message }) => message === 'campaign.breaker')).toMatchObject([
      { level: 'error', state: 'open', code: 'unavailable' },
      { level: 'info', state: 'closed' },
    ])
  })

  it('is probed by another when who probed has died', async () => {
    await open()
    await simulation.time.pass(60_000)
    const dying = simulation.startWorker(async (call) => {
      const result = await call()
      return simulation.budget.state().health.probes > 0 ? new Promise<never>(() => {}) : result
    })
    void simulation.deliver(dying, [changeOf('ada')])
    void simulation.deliver(dying, [changeOf('ada')])
    await simulation.time.pass(60_000)
    isBack()
    simulation.campaign.addProfiles([{ cusCrmId: 'bob' }])
    expect(await deliver('bob', workers[1])).toEqual({ batchItemFailures: [] })
    expect(isOpen()).toBe(false)
  })
})

it('costs nothing while nobody reports faults: the item is written for calls alone', async () => {
  simulation.campaign.addProfiles([{ cusCrmId: 'ada' }, { cusCrmId: 'bob' }])
  await deliverEachSecond(20, twoPeople)
  expect(simulation.budget.state().revision).toBe(0)
  expect(simulation.budget.writes()).toBe(20)
})
