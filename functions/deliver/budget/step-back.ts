// A worker whose credentials are refused calls no more until they are taken again. Those of others may be good, so this
// is its own affair; where they are not, the breaker that all share opens by itself.
import type { Log } from '../../runtime/log.ts'
import type { Time } from '../../runtime/time.ts'
import { HEALTHY, type Health, isOpen } from './budget.ts'
import { claimed, probedInVain, withFault, withoutFaults } from './outage.ts'

/** What came of asking: taken, refused, or nothing was learnt because the asker's own deadline came first. */
export type Heard = 'back' | 'away' | 'nothing'

export type StepBack = {
  /** Its credentials were taken. */
  readonly succeeded: () => void
  /** They were refused, working for `subject`. */
  readonly refused: (subject: string) => void
  /**
   * How long to wait (ms) until they have a chance; undefined where they have. May `ask`, before the deadline (epoch ms),
   * whether they are taken again.
   */
  readonly wait: (deadline: number, ask: () => Promise<Heard>) => Promise<number | undefined>
}

/** Who sends back all it is given at once takes nearly everything from those that could apply it. */
const HELD_MILLISECONDS = 5000
/** What is left is for the probe, and for the work itself. */
const HELD_PART = 4
/** After a probe that was cut off by its own deadline: the next asker may have more time. */
const AGAIN_MILLISECONDS = 1000

/** By the rules of the breaker, but in memory. */
export const createStepBack = (given: {
  readonly timeoutMilliseconds: number
  readonly time: Time
  readonly log: Log
}): StepBack => {
  const { timeoutMilliseconds, time, log } = given
  let health: Health = HEALTHY
  const say = (level: 'warn' | 'info', state: string) => log[level]('campaign.stepped-back', { state })

  return {
    succeeded: () => {
      if (isOpen(health)) say('info', 'over')
      health = withoutFaults(health) ?? health
    },
    refused: (subject) => {
      const next = withFault(health, subject, time.now())
      if (!next) return
      health = next
      if (isOpen(health)) say('warn', 'begun')
    },
    wait: async (deadline, ask) => {
      if (!isOpen(health)) return undefined
      const now = time.now()
      const held = Math.min(health.probeAt - now, HELD_MILLISECONDS, (deadline - now) / HELD_PART)
      if (held > 0) await time.sleep(held)
      const before = health
      const probing = claimed(before, time.now(), timeoutMilliseconds)
      if (probing) {
        health = probing
        const heard = await ask()
        // All who ask this worker may be senders who wait a second, so none of them is kept from asking.
        if (heard === 'nothing' && isOpen(health))
          health = { ...health, probes: before.probes, probeAt: time.now() + AGAIN_MILLISECONDS }
        if (heard === 'away') health = probedInVain(health, probing.probes, time.now()) ?? health
      }
      return isOpen(health) ? Math.max(0, health.probeAt - time.now()) : undefined
    },
  }
}
