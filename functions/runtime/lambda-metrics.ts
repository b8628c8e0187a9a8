// The metrics on Lambda: Powertools' lines of the embedded metric format, which CloudWatch reads from the log.
import { Metrics as Powertools } from '@aws-lambda-powertools/metrics'
import { METRICS, type MetricName, type Metrics, type Service } from './metrics.ts'

export type LambdaMetrics = Metrics & {
  /** The handler, with all that it counts written when it ends, however it ends. */
  readonly writtenAfter: <Given extends readonly unknown[], Result>(
    handler: (...given: Given) => Promise<Result>,
  ) => (...given: Given) => Promise<Result>
}

/**
 * Counts are added up until the invocation ends; times stay single values, so that percentiles can be told (Powertools
 * writes a line whenever it holds a hundred). The namespace is POWERTOOLS_METRICS_NAMESPACE. No dimension but `service` and
 * `outcome`, and so no cold starts either: Powertools tells them by function name, and Lambda's own report has them.
 * The lines have no level, which Lambda takes for INFO: a function whose application log level is above has no metrics.
 */
export const createLambdaMetrics = (service: Service): LambdaMetrics => {
  const powertools = new Powertools({ serviceName: service })
  const counts = new Map<MetricName, number>()
  const changes = new Map<string, number>()

  const write = (): void => {
    for (const [name, count] of counts) powertools.addMetric(name, 'Count', count)
    counts.clear()
    // With nothing to write it would warn, as text.
    if (powertools.hasStoredMetrics()) powertools.publishStoredMetrics()
    for (const [outcome, count] of changes)
      powertools.singleMetric().addDimension('outcome', outcome).addMetric('Changes', 'Count', count)
    changes.clear()
  }

  return {
    add: (name, value) => {
      const unit = unitOf(name)
      if (unit === 'Count') counts.set(name, (counts.get(name) ?? 0) + value)
      else powertools.addMetric(name, unit, value)
    },
    addChange: (outcome) => {
      changes.set(outcome, (changes.get(outcome) ?? 0) + 1)
    },
    writtenAfter:
      (handler) =>
      async (...given) => {
        try {
          return await handler(...given)
        } finally {
          write()
        }
      },
  }
}

const unitOf = (name: MetricName) => (name in METRICS ? METRICS[name as keyof typeof METRICS].unit : 'Count')
