// EventBridge Scheduler on one machine: runs a function again and again, one run at a time.
import { realTime } from '../../../functions/runtime/time.ts'
import { type LambdaHandler, type Report, reportOnStandardError, runFunction } from './run-function.ts'

export type ScheduleSettings = {
  readonly handler: LambdaHandler<unknown>
  readonly functionName: string
  readonly everySeconds: number
  readonly report?: Report
}

/** The first run is one interval from now; `stop` resolves when none is under way. */
export const startSchedule = (settings: ScheduleSettings): AsyncDisposable => {
  const { handler, functionName: name, everySeconds, report = reportOnStandardError } = settings
  const stopping = new AbortController()
  const work = async (): Promise<void> => {
    for (;;) {
      await realTime.sleep(everySeconds * 1000, stopping.signal)
      if (stopping.signal.aborted) return
      const run = await runFunction(handler, {}, { name, report })
      await run.settled
    }
  }
  const ended = work()
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await ended
    },
  }
}
