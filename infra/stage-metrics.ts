// The metrics of one stage, by the names that the functions have for them.
import { Duration } from 'aws-cdk-lib'
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { Outcome } from '../functions/change/outcome.ts'
import { METRICS, type MetricName, parkedMetric, type Service } from '../functions/runtime/metrics.ts'
import type { ParkedEntry } from './alarms/parked.ts'

/** What POWERTOOLS_METRICS_NAMESPACE is set to in the functions of a stage. */
export const metricNamespace = (stage: string): string => `CampaignProfileSync/${stage}`

export type StageMetrics = ReturnType<typeof stageMetrics>

type Told = keyof typeof METRICS & MetricName

/** Counts are summed over five minutes, and times are the longest, unless another statistic is asked for. */
export const stageMetrics = (stage: string) => {
  const metric = (service: Service, name: string, statistic: string, more?: Record<string, string>) =>
    new Metric({
      namespace: metricNamespace(stage),
      metricName: name,
      dimensionsMap: { service, ...more },
      statistic,
      period: Duration.minutes(5),
    })
  return {
    /** One that has no outcome beside its service. */
    told: (name: Told, statistic?: string) => {
      const { service, unit } = METRICS[name]
      return metric(service, name, statistic ?? (unit === 'Count' ? Stats.SUM : Stats.MAXIMUM))
    },
    /** Lines `change.delivered` of one outcome. */
    changes: (outcome: Outcome['outcome']) =>
      metric(METRICS.Changes.service, 'Changes', Stats.SUM, { outcome }).with({ label: outcome }),
    parked: ({ service, code }: ParkedEntry) =>
      metric(service, parkedMetric(code), Stats.SUM).with({ label: `${code} (${service})` }),
  }
}
