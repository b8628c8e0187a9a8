// The one line that says what became of the events of a delivery: numbers and codes, never an event.
import { toRanges } from '../change/ranges.ts'
import type { Log } from '../runtime/log.ts'
import { type Metrics, parkedMetric } from '../runtime/metrics.ts'
import type { Sorted } from './sort.ts'

/** `status` and `receipt` as its sender was answered, or would have been where nobody waits for an answer. */
export type DecodedDelivery = {
  /** The name of a source of ours; absent where it is of none: what senders call themselves is not repeated. */
  readonly source: string | undefined
  /** Whether bad events are a person's, and not for the sender to mend. */
  readonly isParked: boolean
  readonly status: number | undefined
  readonly receipt: string
  readonly sorted: Sorted
}

export type LogDecoded = (delivery: DecodedDelivery) => void

/** Counts what was taken: a delivery that is refused after all comes again. Where it observes, nothing is parked. */
export const createLogDecoded =
  (log: Log, metrics: Metrics, isObserving: boolean): LogDecoded =>
  ({ source, isParked, status = 500, receipt, sorted: { changes, ignored, rejected } }) => {
    const rejectedCodes = rejected.map(({ problems: [{ code }] }) => code)
    log.info('delivery.decoded', {
      source,
      status,
      receipt,
      accepted: changes.length,
      indexes: toRanges(changes.map(({ index }) => index)),
      ignored: ignored.map(({ code }) => code),
      rejected: rejectedCodes,
    })
    if (status >= 300) return
    const counts = { Accepted: changes.length, Ignored: ignored.length, Rejected: rejected.length }
    for (const name of ['Accepted', 'Ignored', 'Rejected'] as const)
      if (counts[name] > 0) metrics.add(name, counts[name])
    if (isParked && !isObserving) for (const code of rejectedCodes) metrics.add(parkedMetric(code), 1)
  }
