// A worker that ends at a chosen point: before one of its calls takes effect, or after it and before anybody heard of it.
import type { Deliver } from '../../functions/deliver/deliver.ts'
import type { CampaignRequest } from '../../infra/local/campaign/answer.ts'
import type { Around } from './in-memory-aws.ts'
import type { Simulation } from './simulation.ts'

export type Worker = {
  readonly deliver: Deliver
  /** Resolves when the worker has ended; what it had begun never continues, as in a sandbox that is gone. */
  readonly death: Promise<void>
  readonly isDead: () => boolean
  /** How many points it has passed: two for each call that left it. */
  readonly points: () => number
}

/** Whatever it surrounds ends at the `diesAt`-th point, and lives where that is never reached. */
export const startMortal = (
  diesAt = Number.POSITIVE_INFINITY,
): Omit<Worker, 'deliver'> & { around: Around } => {
  let passed = 0
  const { promise: death, resolve: die } = Promise.withResolvers<void>()
  const point = (): Promise<void> | undefined => {
    passed += 1
    if (passed < diesAt) return undefined
    die()
    return new Promise(() => {})
  }
  const around: Around = async (call) => {
    await point()
    const result = await call()
    await point()
    return result
  }
  return { around, death, isDead: () => passed >= diesAt, points: () => passed }
}

/** Starts a worker that ends at its `diesAt`-th point, and lives where that is never reached. */
export const startMortalWorker = (
  simulation: Simulation,
  diesAt = Number.POSITIVE_INFINITY,
  skewMilliseconds = 0,
): Worker => {
  const { around, ...mortal } = startMortal(diesAt)
  return { ...mortal, deliver: simulation.startWorker(around, { skewMilliseconds }) }
}

/** Starts a worker that ends with the first request that `kills`: it is not sent, and nothing that was begun continues. */
export const startVictim = (
  simulation: Simulation,
  kills: (request: { readonly method: string; readonly path: string; readonly body: string }) => boolean,
  mortal = startMortal(),
): Worker => {
  let isDead = false
  const { promise: death, resolve: die } = Promise.withResolvers<void>()
  const unlessDead = () => (isDead ? new Promise<void>(() => {}) : undefined)
  const around: Around = async (call) => {
    await unlessDead()
    const result = await mortal.around(call)
    await unlessDead()
    return result
  }
  const onRequest = ({ method, path, body }: CampaignRequest) => {
    if (isDead || !kills({ method, path, body: String(body) })) return
    isDead = true
    die()
  }
  return {
    deliver: simulation.startWorker(around, { onRequest }),
    death: Promise.race([death, mortal.death]),
    isDead: () => isDead || mortal.isDead(),
    points: mortal.points,
  }
}
