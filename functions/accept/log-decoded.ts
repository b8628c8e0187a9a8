// The one line that says what became of the events of a delivery: numbers and codes, never an event.

import { toRanges } from '../change/ranges.ts'
import type { Source } from '../change/source.ts'
import type { Log } from '../runtime/log.ts'
import { type Metrics, parkedMetric } from '../runtime/metrics.ts'
import type { Sorted } from './sort.ts'

/** `status` and `receipt` as its sender was answered. */
export type DecodedDelivery = {
  readonly source: Pick<Source, 'name' | 'kind'>
  readonly status: number | undefined
  readonly receipt: string
  readonly sorted: Sorted
}

export type LogDecoded = (delivery: DecodedDelivery) => void

/** Counts what was taken: a delivery that is refused after all comes again. Where it observes, nothing is parked. */
export const createLogDecoded =
  (log: Log, metrics: Metrics, isObserving: boolean): LogDecoded =>
  ({ source, status = 500, receipt, sorted: { changes, ignored, rejected } }) => {
    const rejectedCodes = rejected.map(({ problems: [{ code }] }) => code)
    log.info('delivery.decoded', {
      source: source.name,
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
    const isParked = !isObserving && !source.kind.senderReadsAnswer
    if (isParked) for (const code of rejectedCodes) metrics.add(parkedMetric(code), 1)
  }
