// Time that passes only when a test moves it.
import type { Time } from '../../functions/runtime/time.ts'

/** Starts at `start` (epoch milliseconds); `move` wakes whoever slept until then. */
export const handMovedTime = (start = Date.parse('2026-11-22T10:00:00.000Z')) => {
  let now = start
  const sleepers = new Set<{ until: number; wake: () => void }>()
  const time: Time = {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const sleeper = { until: now + milliseconds, wake: resolve }
        sleepers.add(sleeper)
        const wakeEarly = () => {
          sleepers.delete(sleeper)
          resolve()
        }
        signal?.addEventListener('abort', wakeEarly, { once: true })
      }),
  }
  const move = (milliseconds: number) => {
    now += milliseconds
    for (const sleeper of sleepers) {
      if (sleeper.until > now) continue
      sleepers.delete(sleeper)
      sleeper.wake()
    }
  }
  return { ...time, move, sleeping: () => sleepers.size }
}
