// Time that jumps to the next thing anybody sleeps for, once nothing else is left to do: hours pass in no time.
import { setTimeout as realSleep } from 'node:timers/promises'
import type { Time } from '../../functions/runtime/time.ts'

export type VirtualTime = Time & {
  /** Runs until `work` has ended, passing time whenever everything sleeps. Throws where everything waits for ever. */
  readonly run: <Result>(work: Promise<Result>) => Promise<Result>
  /** Lets this much time pass, waking whoever slept until then. */
  readonly pass: (milliseconds: number) => Promise<void>
}

type Sleeper = { readonly until: number; readonly wake: () => void }

/** Turns of the event loop after which nothing that needs no time is still under way. */
const TURNS = 3
/** A module that is loaded on first use takes real time; what waits longer waits for ever. */
const LONGEST_REAL_WAIT_MILLISECONDS = 5000

export const virtualTime = (start = Date.now()): VirtualTime => {
  let now = start
  const sleepers = new Set<Sleeper>()
  const sleep: Time['sleep'] = (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const sleeper = { until: now + milliseconds, wake: resolve }
      sleepers.add(sleeper)
      signal?.addEventListener(
        'abort',
        () => {
          sleepers.delete(sleeper)
          resolve()
        },
        { once: true },
      )
    })

  const next = (): Sleeper | undefined => {
    let earliest: Sleeper | undefined
    for (const sleeper of sleepers) if (!earliest || sleeper.until < earliest.until) earliest = sleeper
    return earliest
  }
  const wake = (sleeper: Sleeper) => {
    sleepers.delete(sleeper)
    now = Math.max(now, sleeper.until)
    sleeper.wake()
  }
  const settle = async () => {
    for (let count = 0; count < TURNS; count += 1) await new Promise(setImmediate)
  }

  return {
    now: () => now,
    sleep,
    run: async (work) => {
      let isOver = false
      const watched = work.finally(() => {
        isOver = true
      })
      watched.catch(() => {})
      let waited = 0
      for (;;) {
        await settle()
        if (isOver) return watched
        const sleeper = next()
        if (sleeper) {
          wake(sleeper)
          waited = 0
        } else if (waited < LONGEST_REAL_WAIT_MILLISECONDS) {
          await realSleep(10)
          waited += 10
        } else throw new Error('everything waits, and nobody for time')
      }
    },
    pass: async (milliseconds) => {
      const until = now + milliseconds
      for (;;) {
        await settle()
        const sleeper = next()
        if (!sleeper || sleeper.until > until) break
        wake(sleeper)
      }
      now = until
    },
  }
}
