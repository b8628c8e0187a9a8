// One page that shows how a stage is doing.
import { Duration } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Outcome } from '../functions/change/outcome.ts'
import { PARKED } from './alarms/parked.ts'
import type { StageMetrics } from './stage-metrics.ts'

export type DashboardOptions = {
  readonly stage: string
  readonly metrics: StageMetrics
  readonly queues: Readonly<Record<string, IQueue>>
  readonly api: HttpApi
  readonly table: TableV2
  readonly alarms: readonly Alarm[]
}

/** In the order in which they are stacked: what was done below, what waits for somebody on top. */
const OUTCOMES: Readonly<Record<Outcome['outcome'], true>> = {
  applied: true,
  created: true,
  unchanged: true,
  duplicate: true,
  superseded: true,
  observed: true,
  waiting: true,
  deferred: true,
  unmatched: true,
  ambiguous: true,
  parked: true,
}

const [WIDE, HALF, THIRD] = [24, 12, 8]

/** The dashboard `campaign-profile-sync-<stage>`. */
export const addDashboard = (scope: Construct, options: DashboardOptions): void => {
  const { stage, metrics, queues, api, table, alarms } = options

  const graph = (title: string, width: number, left: readonly IMetric[], stacked = false) =>
    new GraphWidget({ title, width, height: 6, left: [...left], stacked, leftYAxis: { min: 0 } })
  const age = (statistic: string) => metrics.told('Age', statistic).with({ label: statistic })
  const depth = (name: string, queue: IQueue, stat: 'Visible' | 'NotVisible') =>
    queue
      .metric(`ApproximateNumberOfMessages${stat}`, { statistic: Stats.MAXIMUM, period: Duration.minutes(5) })
      .with({ label: stat === 'Visible' ? name : `${name}, in flight or until later` })

  new Dashboard(scope, 'dashboard', {
    dashboardName: `campaign-profile-sync-${stage}`,
    defaultInterval: Duration.days(1),
    widgets: [
      [new AlarmStatusWidget({ alarms: [...alarms], title: 'Alarms', width: WIDE, height: 3 })],
      [
        graph('Events', HALF, [metrics.told('Accepted'), metrics.told('Ignored'), metrics.told('Rejected')]),
        graph(
          'Outcomes of changes',
          HALF,
          (Object.keys(OUTCOMES) as Outcome['outcome'][]).map(metrics.changes),
          true,
        ),
      ],
      [
        graph('Age at the end (ms)', THIRD, [age('p50'), age('p95'), age('p99')]),
        graph('Age of what is tried again (ms)', THIRD, [
          metrics.told('DeferredAge'),
          metrics.told('DeferredConsentAge'),
        ]),
        graph('Engine calls, batches stopped by the breaker', THIRD, [
          metrics.told('EngineCalls'),
          metrics.told('BreakerOpen'),
          metrics.told('ConfigurationFault'),
        ]),
      ],
      [
        graph(
          'Messages in queues',
          HALF,
          Object.entries(queues).flatMap(([name, queue]) => [
            depth(name, queue, 'Visible'),
            depth(name, queue, 'NotVisible'),
          ]),
        ),
        graph(
          'Put aside, by code',
          HALF,
          [...PARKED.map(metrics.parked), metrics.told('UnmatchedOptOut')],
          true,
        ),
      ],
      [
        graph('Answers to senders', THIRD, [
          api.metricCount(),
          api.metricClientError(),
          api.metricServerError(),
          metrics.told('SecretUnavailable'),
        ]),
        graph('Time to answer senders (ms)', THIRD, [
          api.metricLatency({ statistic: 'p50' }),
          api.metricLatency({ statistic: 'p99' }),
        ]),
        graph('Ledger', THIRD, [
          table.metricConsumedReadCapacityUnits(),
          table.metricConsumedWriteCapacityUnits(),
        ]),
      ],
    ],
  })
}
