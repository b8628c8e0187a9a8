// Metrics that a test can read: what was added, by name, and the ends of changes by outcome.
import type { Metrics } from '../../functions/runtime/metrics.ts'

export type RecordedMetrics = Metrics & {
  /** Every value in the order it was told. */
  readonly values: ReadonlyMap<string, readonly number[]>
  /** How many changes were counted, by outcome. */
  readonly changes: ReadonlyMap<string, number>
  readonly total: (name: string) => number
}

/** `also` is told everything, too. */
export const recordedMetrics = (also?: Metrics): RecordedMetrics => {
  const values = new Map<string, number[]>()
  const changes = new Map<string, number>()
  return {
    values,
    changes,
    total: (name) => (values.get(name) ?? []).reduce((sum, value) => sum + value, 0),
    add: (name, value) => {
      const own = values.get(name) ?? []
      own.push(value)
      values.set(name, own)
      also?.add(name, value)
    },
    addChange: (outcome) => {
      changes.set(outcome, (changes.get(outcome) ?? 0) + 1)
      also?.addChange(outcome)
    },
  }
}
