// Profiles are made, completed and deleted once and for all, wherever a worker dies.
import { expect, it } from 'vitest'
import { startMortalWorker } from '../support/mortal-worker.ts'
import { expectMade, finish, oneToMakeAnew, peopleToMake, startMaking } from '../support/people-to-make.ts'
import { VISIBILITY_MILLISECONDS } from '../support/queue.ts'

it.each(['never', 'always'])('ends the same wherever the worker dies (VERIFY=%s)', async (verify) => {
  const people = () => [...peopleToMake(), ...oneToMakeAnew()]
  const counted = startMaking(verify)
  const counter = startMortalWorker(counted)
  await counted.time.run(counted.deliver(counter.deliver, people()))
  expect(counter.points()).toBeGreaterThanOrEqual(100)
  for (let point = 1; point <= counter.points(); point += 1) {
    const simulation = startMaking(verify)
    const worker = startMortalWorker(simulation, point)
    const batch = people()
    const delivered = simulation.deliver(worker.deliver, batch).then(() => {})
    await simulation.time.run(Promise.race([delivered, worker.death]))
    await simulation.time.pass(VISIBILITY_MILLISECONDS)
    await finish(simulation, batch)
    await expectMade(simulation, batch, `killed at point ${point}`)
  }
})
