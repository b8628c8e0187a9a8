// Time as an argument: entries pass the real one, tests one they move by hand.
import { setTimeout as realSleep } from 'node:timers/promises'

/** The two things anything here may ask of time. `now` is epoch milliseconds; `sleep` ends early, without an error, when the signal aborts. */
export type Time = {
  now: () => number
  sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

/** The machine's own clock. */
export const realTime: Time = {
  now: Date.now,
  sleep: async (milliseconds, signal) => {
    try {
      await realSleep(milliseconds, undefined, signal && { signal })
    } catch (error) {
      if (!signal?.aborted) throw error
    }
  },
}
