// Profiles are made, completed and deleted once and for all, wherever a worker dies.
import { expect, it } from 'vitest'
import { startMortalWorker } from '../support/mortal-worker.ts'
import {
  expectMade,
  expectStanding,
  finish,
  oneToMakeAnew,
  peopleToMake,
  startMaking,
} from '../support/people-to-make.ts'
import { VISIBILITY_MILLISECONDS } from '../support/queue.ts'

it('ends the same wherever the worker dies', async () => {
  const people = () => [...peopleToMake(), ...oneToMakeAnew()]
  const counted = startMaking('always')
  const counter = startMortalWorker(counted)
  await counted.time.run(counted.deliver(counter.deliver, people()))
  expect(counter.points()).toBeGreaterThanOrEqual(100)
  for (let point = 1; point <= counter.points(); point += 1) {
    const simulation = startMaking('always')
    const worker = startMortalWorker(simulation, point)
    const batch = people()
    const delivered = simulation.deliver(worker.deliver, batch).then(() => {})
    await simulation.time.run(Promise.race([delivered, worker.death]))
    await simulation.time.pass(VISIBILITY_MILLISECONDS)
    await finish(simulation, batch)
    expectMade(simulation, batch, `killed at point ${point}`)
    if (point % 10 === 0) await expectStanding(simulation, batch, `killed at point ${point}`)
  }
}, 60_000)
