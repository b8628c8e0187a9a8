// What calls a person, and the dashboard. Each alarm has an article in infra/README.md, under the alarm's own name.
import { Alarm, ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { logsInsights } from './alarms/console.ts'
import { type WatchOptions, watchesOf } from './alarms/watches.ts'
import { addDashboard, type DashboardOptions } from './dashboard.ts'
import { stageMetrics } from './stage-metrics.ts'

export type OperationsOptions = Omit<WatchOptions, 'metrics'> &
  Omit<DashboardOptions, 'metrics' | 'alarms'> & {
    /** Told when an alarm is raised and when it is over. */
    readonly topic?: ITopic | undefined
  }

/** Where the articles are, from the top of the project. */
const ARTICLES = 'infra/README.md'

/** The alarms and the dashboard of a stage. */
export const addOperations = (scope: Construct, options: OperationsOptions): void => {
  const { stage, topic } = options
  const metrics = stageMetrics(stage)
  const alarms = Object.entries(watchesOf({ ...options, metrics })).map(([name, watch]) => {
    const { metric, threshold, missing, means, query, functions } = watch
    const link = logsInsights(
      scope,
      query,
      functions.map(({ logGroup }) => logGroup),
    )
    const alarm = new Alarm(scope, `alarm-${name}`, {
      alarmName: `campaign-profile-sync-${stage}-${name}`,
      alarmDescription: `${means}\nWhat to do: ${ARTICLES}#${name}\nLook here: ${link}`,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: watch.of,
      datapointsToAlarm: watch.breaching ?? 1,
      treatMissingData: missing,
    })
    if (topic) {
      alarm.addAlarmAction(new SnsAction(topic))
      alarm.addOkAction(new SnsAction(topic))
    }
    return alarm
  })
  addDashboard(scope, { ...options, metrics, alarms })
}
