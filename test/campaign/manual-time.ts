// Time that moves only when a test moves it.
import type { Time } from '../../functions/runtime/time.ts'

export const manualTime = (start = Date.parse('2026-11-22T10:00:00.000Z')) => {
  let now = start
  let sleepers: { until: number; wake: () => void }[] = []

  const time: Time = {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve())
        sleepers.push({ until: now + milliseconds, wake: resolve })
      }),
  }
  const advance = (milliseconds: number) => {
    now += milliseconds
    for (const { until, wake } of sleepers) if (until <= now) wake()
    sleepers = sleepers.filter(({ until }) => until > now)
  }
  /** Waits until that many sleep. */
  const sleeping = async (count: number) => {
    while (sleepers.length < count) await new Promise((resolve) => setImmediate(resolve))
  }
  return { ...time, advance, sleeping }
}
