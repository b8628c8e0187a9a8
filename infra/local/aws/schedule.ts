// EventBridge Scheduler on one machine: runs a function again and again, one run at a time.
import { realTime } from '../../../functions/runtime/time.ts'
import { type LambdaHandler, type Report, reportOnStandardError, runFunction } from './run-function.ts'

export type ScheduleSettings = {
  readonly handler: LambdaHandler<unknown>
  readonly functionName: string
  readonly everySeconds: number
  readonly report?: Report
}

/** A schedule that runs; disposing of it resolves when no run is under way. */
export type Schedule = AsyncDisposable & {
  /** Does not wait for the next moment. */
  readonly runNow: () => void
}

/** The first run is one interval from now. */
export const startSchedule = (settings: ScheduleSettings): Schedule => {
  const { handler, functionName: name, everySeconds, report = reportOnStandardError } = settings
  const stopping = new AbortController()
  let waking = new AbortController()
  const work = async (): Promise<void> => {
    for (;;) {
      await realTime.sleep(everySeconds * 1000, AbortSignal.any([stopping.signal, waking.signal]))
      if (stopping.signal.aborted) return
      waking = new AbortController()
      const run = await runFunction(handler, {}, { name, report })
      await run.settled
    }
  }
  const ended = work()
  return {
    runNow: () => waking.abort(),
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await ended
    },
  }
}
