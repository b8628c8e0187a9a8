// What accept counts of a delivery: what its answer says, once, and only where the delivery was taken.
import { expect, it } from 'vitest'
import type { Environment } from '../../functions/runtime/config.ts'
import { startAccept } from '../support/edges.ts'
import { inMemorySecrets } from '../support/in-memory-aws.ts'
import { directChange, hubspotEvent } from '../support/sent-events.ts'
import { startSimulation } from '../support/simulation.ts'

const accepting = ({
  environment = {},
  isQueueAway = () => false,
}: {
  environment?: Environment
  isQueueAway?: () => boolean
} = {}) => {
  const simulation = startSimulation()
  const post = startAccept(
    simulation,
    async (call) => {
      if (isQueueAway()) throw new Error('the queue is away')
      return call()
    },
    simulation.startWorker(),
    { environment },
  )
  const counted = () => Object.fromEntries(simulation.metrics.values)
  return {
    ...simulation,
    post: (...given: Parameters<typeof post>) => simulation.time.run(post(...given)),
    counted,
  }
}

const good = hubspotEvent()
const ahead = hubspotEvent({ eventId: 2, occurredAt: Date.parse('2100-01-01') })
const merged = hubspotEvent({ eventId: 3, subscriptionType: 'contact.merge' })
const foreign = hubspotEvent({ eventId: 4, subscriptionType: 'company.propertyChange' })

it('counts events as it answers them, and what it has put aside by its code', async () => {
  const { post, counted } = accepting()
  const { body } = await post('hubspot', [good, ahead, merged, merged, foreign])
  expect(body).toMatchObject({ accepted: 1, ignored: 1, rejected: [{}, {}, {}] })
  expect(counted()).toEqual({
    Accepted: [1],
    Ignored: [1],
    Rejected: [3],
    ParkedFuture: [1],
    ParkedMerge: [1, 1],
  })
})

it('counts nothing as put aside that its sender was told of, or that is only observed', async () => {
  const direct = accepting()
  await direct.post('direct', [directChange(), { id: 'bad' }])
  expect(direct.counted()).toEqual({ Accepted: [1], Rejected: [1] })

  const observing = accepting({ environment: { MODE: 'observe' } })
  await observing.post('hubspot', [good, merged])
  expect(observing.counted()).toEqual({ Accepted: [1], Rejected: [1] })
})

it('counts a delivery that cannot be queued only when it comes again and can', async () => {
  let isAway = true
  const { post, counted } = accepting({ isQueueAway: () => isAway })
  expect(await post('hubspot', [good, merged])).toMatchObject({ status: 503 })
  expect(counted()).toEqual({})
  isAway = false
  expect(await post('hubspot', [good, merged])).toMatchObject({ status: 202 })
  expect(counted()).toEqual({ Accepted: [1], Rejected: [1], ParkedMerge: [1] })
})

it('counts nothing of what it refuses', async () => {
  const { post, counted } = accepting()
  expect(await post('direct', [{ id: 'bad' }])).toMatchObject({ status: 422 })
  expect(await post('direct', [directChange()], { 'webhook-signature': 'v1,bad' })).toMatchObject({
    status: 401,
  })
  expect(counted()).toEqual({})
})

it('counts every request that it cannot answer for want of a secret', async () => {
  const simulation = startSimulation()
  const secretsManager = inMemorySecrets({}, () => false)
  const post = startAccept(simulation, (call) => call(), simulation.startWorker(), { secretsManager })
  for (let request = 0; request < 2; request += 1)
    expect(await simulation.time.run(post('direct', [directChange()]))).toMatchObject({ status: 503 })
  expect(simulation.metrics.total('SecretUnavailable')).toBe(2)
})
