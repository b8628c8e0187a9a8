// Profiles are made, completed and deleted once and for all, whatever becomes of an answer.
import { describe, expect, it } from 'vitest'
import { LedgerError } from '../../functions/deliver/ledger/ledger.ts'
import type { FaultInput } from '../../infra/local/campaign/faults.ts'
import type { Around } from '../support/in-memory-aws.ts'
import { startMortalWorker } from '../support/mortal-worker.ts'
import {
  all,
  expectMade,
  expectStanding,
  finish,
  peopleToMake,
  startMaking,
} from '../support/people-to-make.ts'
import { drain } from '../support/queue.ts'

it('ends the same whichever call to the ledger or the queue fails', async () => {
  let points = 0
  const failing = (failsAt: number): Around => {
    let passed = 0
    return async (call) => {
      const result = await call()
      passed += 1
      points = Math.max(points, passed)
      // Of Campaign's answers only an emulator's own can be believed.
      if (passed === failsAt && !(typeof result === 'object' && result && 'kind' in result))
        throw new LedgerError(new Error('down'))
      return result
    }
  }
  for (let failsAt = 1; failsAt <= Math.max(points, 1); failsAt += 2) {
    const simulation = startMaking()
    const batch = peopleToMake()
    const worker = { ...startMortalWorker(simulation), deliver: simulation.startWorker(failing(failsAt)) }
    await finish(simulation, batch, worker)
    expectMade(simulation, batch, `failed at ${failsAt}`)
  }
  expect(points).toBeGreaterThanOrEqual(50)
}, 60_000)

const lost: readonly FaultInput['answer'][] = [
  { reset: true },
  { hang: true },
  { appliedButLost: true },
  { garbage: true },
  { applyAfterMs: 20_000 },
  { applyAfterMs: 55_000 },
  { status: 502 },
  { status: 429, retryAfter: 3 },
]

describe.each(['POST', 'DELETE', 'PATCH'])('after a %s', (method) => {
  it.each(lost.map((answer) => [JSON.stringify(answer), answer] as const))(
    'that meets %s ends the same, by whichever worker it is tried again',
    async (name, answer) => {
      for (const times of [1, 2]) {
        const simulation = startMaking()
        simulation.campaign.addFaults([{ match: { method }, times, answer }])
        const batch = peopleToMake()
        const workers = [startMortalWorker(simulation), startMortalWorker(simulation)]
        let turn = 0
        const next = () => {
          turn += 1
          return workers[turn % 2] ?? startMortalWorker(simulation)
        }
        // Together at first, so that all of it meets the faults; apart when it comes again.
        const pick = (count: number) => (turn < 3 ? all(count) : [0])
        await drain(simulation, batch, { pick, worker: next, sideBySide: 2 })
        await simulation.time.pass(120_000)
        expectMade(simulation, batch, `${name}, ${times} times`)
        await expectStanding(simulation, batch, name)
        expect(simulation.openRequests()).toBe(0)
      }
    },
  )
})
