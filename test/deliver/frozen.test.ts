// A function may be stopped between any two awaits and go on much later, with every clock ahead of what it believes.
import { describe, expect, it } from 'vitest'
import { INVOCATION_MILLISECONDS, RESERVE_MILLISECONDS } from '../../functions/deliver/invocation.ts'
import { LedgerError } from '../../functions/deliver/ledger/ledger.ts'
import type { FaultInput } from '../../infra/local/campaign/faults.ts'
import type { Around } from '../support/in-memory-aws.ts'
import { aChange, aRecord } from '../support/records.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const SECOND = 1000
const MORNING = Date.parse('2026-11-22T08:00:00.000Z')
const ada = { attribute: 'cusCrmId', value: 'ada' }
const adaByEmail = { attribute: 'email', value: 'ada@example.com' }

const ways = {
  'by key': [ada],
  'by email, read back': [adaByEmail],
  creating: [
    { attribute: 'cusCrmId', value: 'new' },
    { attribute: 'email', value: 'new@example.com' },
  ],
  deleting: [ada],
} as const
type Way = keyof typeof ways

const start = (way: Way): Simulation => {
  const simulation = startSimulation({
    environment: way === 'by email, read back' ? { VERIFY: 'always' } : {},
  })
  simulation.campaign.addProfiles([{ cusCrmId: 'ada', email: 'ada@example.com' }])
  return simulation
}

const changeOf = (way: Way, phone: string, minute: number) => {
  const [first, ...more] = ways[way]
  const action = way === 'creating' ? 'upsert' : way === 'deleting' && phone === 'old' ? 'delete' : 'update'
  const set = action === 'delete' ? {} : { phone }
  return aChange({ match: [first, ...more], action, set, occurredAt: MORNING + minute * 60 * SECOND })
}

/** A worker that is frozen once, for so long, after its `at`-th call; and what it sent when nobody could expect it any more. */
const startFrozen = (simulation: Simulation, at: number, milliseconds: number) => {
  // The lease runs to the invocation's deadline and LANDING_SECONDS more.
  const sendLimit = simulation.time.now() + INVOCATION_MILLISECONDS - RESERVE_MILLISECONDS
  let calls = 0
  const late: string[] = []
  let thawed: Promise<void> = Promise.resolve()
  const around: Around = async (call) => {
    const result = await call()
    calls += 1
    if (calls === at) thawed = simulation.time.sleep(milliseconds)
    await thawed
    return result
  }
  const deliver = simulation.startWorker(around, {
    thaw: () => thawed,
    onRequest: ({ method, path }) => {
      if (method === 'GET' || path.startsWith('/ims/')) return
      if (simulation.time.now() >= sendLimit) late.push(`${method} after call ${calls}`)
    },
  })
  return { deliver, late, calls: () => calls }
}

const settleDown = async (simulation: Simulation, records: readonly ReturnType<typeof aRecord>[]) => {
  for (let tries = 0; tries < 9; tries += 1) {
    await simulation.time.pass(120 * SECOND)
    const answer = await simulation.time.run(simulation.deliver(simulation.startWorker(), records))
    if (answer.batchItemFailures.length === 0) return
  }
  throw new Error('it never ends')
}

const phoneOf = (simulation: Simulation, way: Way) =>
  simulation.campaign.profiles().find(({ cusCrmId }) => cusCrmId === (way === 'creating' ? 'new' : 'ada'))?.[
    'phone'
  ]

describe.each(Object.keys(ways) as Way[])('%s', (way) => {
  it.each([1, 28, 95, 600])(
    'sends nothing after its time and records nothing under another’s lease, frozen anywhere for %i s',
    async (seconds) => {
      const counted = start(way)
      const counting = startFrozen(counted, Number.POSITIVE_INFINITY, 0)
      await counted.time.run(counted.deliver(counting.deliver, [aRecord([changeOf(way, 'old', 1)])]))
      expect(counting.late).toEqual([])
      expect(counting.calls()).toBeGreaterThan(3)

      for (let at = 1; at <= counting.calls(); at += 1) {
        const simulation = start(way)
        const frozen = startFrozen(simulation, at, seconds * SECOND)
        const old = aRecord([changeOf(way, 'old', 1)])
        const newer = aRecord([changeOf(way, 'new', 2)])
        const thawed = simulation.deliver(frozen.deliver, [old])
        // Somebody else comes with a newer value while it is frozen, until that is written.
        const meanwhile = async () => {
          await simulation.time.sleep((seconds * SECOND) / 2)
          for (let tries = 0; tries < 3; tries += 1) {
            const { batchItemFailures } = await simulation.deliver(simulation.startWorker(), [newer])
            if (batchItemFailures.length === 0) return []
            await simulation.time.sleep((seconds * SECOND) / 6)
          }
          return [newer]
        }
        const [answer, left] = await simulation.time.run(Promise.all([thawed, meanwhile()]))
        expect(frozen.late, `frozen after call ${at}`).toEqual([])
        // One from between the two must find the newer one's clock, or come before it.
        const between = aRecord([changeOf(way, 'between', 1.5)])
        await settleDown(simulation, [between, ...(answer.batchItemFailures.length > 0 ? [old] : [])])
        await settleDown(simulation, left)
        // What was deleted first has no profile for the newer one to go to.
        const ends = way === 'deleting' ? ['new', undefined] : ['new']
        expect(ends, `frozen after call ${at}`).toContain(phoneOf(simulation, way))
      }
    },
  )
})

const faults: readonly (readonly [string, readonly FaultInput[]])[] = [
  ['all is well', []],
  ['Campaign hangs', [{ match: {}, times: 9, answer: { hang: true } }]],
  ['IMS hangs', [{ match: { path: '/ims/' }, times: 9, answer: { hang: true } }]],
  ['connections break', [{ match: {}, times: 9, answer: { reset: true } }]],
  ['answers are lost', [{ match: { method: 'PATCH' }, times: 9, answer: { appliedButLost: true } }]],
  ['Campaign refuses everything', [{ match: {}, times: 99, answer: { status: 500, body: 'no' } }]],
]

it.each(faults)('has ended all its work when it returns, where %s', async (_name, given) => {
  const simulation = startSimulation({ environment: { VERIFY: 'always' } })
  simulation.campaign.addProfiles([{ cusCrmId: 'ada', email: 'ada@example.com' }, { cusCrmId: 'bob' }])
  simulation.campaign.addFaults(given)
  const records = [ada, adaByEmail, { attribute: 'cusCrmId', value: 'bob' }].flatMap((entry) => [
    aRecord([
      aChange({ match: [entry], set: { phone: '1' } }),
      aChange({ match: [entry], set: { fax: '2' } }),
    ]),
    aRecord([aChange({ match: [entry], action: 'upsert', set: { firstName: 'A' } })], { group: 'other' }),
  ])
  await simulation.time.run(simulation.deliver(simulation.startWorker(), records))
  expect(simulation.underWay()).toBe(0)
})

it.each(['the ledger is away', 'nobody foresaw it'])(
  'has ended all its work when it returns, where %s',
  async (name) => {
    const simulation = start('by key')
    simulation.ledgerFault.current =
      name === 'nobody foresaw it' ? new TypeError('?') : new LedgerError(new Error('?'))
    const records = [ada, adaByEmail].map((entry) =>
      aRecord([aChange({ match: [entry], set: { phone: '1' } })]),
    )
    await simulation.time.run(simulation.deliver(simulation.startWorker(), records))
    expect(simulation.underWay()).toBe(0)
  },
)

it('has ended all its work at its deadline, though Campaign is slower than that', async () => {
  const simulation = start('by key')
  simulation.campaign.settings({ latencyMs: 12_000 })
  const started = simulation.time.now()
  const records = [ada, adaByEmail].map((entry) =>
    aRecord([aChange({ match: [entry], set: { phone: '1' } })]),
  )
  await simulation.time.run(simulation.deliver(simulation.startWorker(), records))
  expect(simulation.underWay()).toBe(0)
  expect(simulation.time.now() - started).toBeLessThanOrEqual(30 * SECOND)
})
