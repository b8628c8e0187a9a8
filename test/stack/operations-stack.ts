// A stack with what alarms and the dashboard look at, and nothing else: no code is bundled for it.
import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import * as z from 'zod'
import { addOperations } from '../../infra/operations.ts'

/** A metric as a template spells it. */
const metricSchema = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
})

const alarmSchema = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.unknown(),
  Threshold: z.number(),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number(),
  TreatMissingData: z.string(),
  Period: z.number().optional(),
  AlarmActions: z.array(z.unknown()).default([]),
  OKActions: z.array(z.unknown()).default([]),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: metricSchema.shape.Dimensions,
  Metrics: z
    .array(
      z.object({
        Id: z.string(),
        Expression: z.string().optional(),
        MetricStat: z.object({ Metric: metricSchema, Period: z.number(), Stat: z.string() }).optional(),
      }),
    )
    .default([]),
})

export type AlarmInTemplate = z.infer<typeof alarmSchema>

export const STAGE = 'test'
export const MOVE_WAITING_EVERY_HOURS = 6
const PREFIX = `campaign-profile-sync-${STAGE}-`

/** Alarms by what follows the stage in their names, and the text of the dashboard. */
export const synthOperations = ({ hasTopic = false } = {}) => {
  const stack = new Stack(new App(), 'Operations', { env: { account: '123456789012', region: 'eu-west-1' } })
  const queue = (name: string) => new Queue(stack, name)
  const lambda = (name: string) => ({
    function: new LambdaFunction(stack, name, {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = () => {}'),
      logGroup: new LogGroup(stack, `${name}Log`),
    }),
  })
  addOperations(stack, {
    stage: STAGE,
    moveWaitingEveryHours: MOVE_WAITING_EVERY_HOURS,
    queues: {
      changes: queue('changes'),
      consent: queue('consent'),
      inbox: queue('inbox'),
      waiting: queue('waiting'),
      parked: queue('parked'),
      undelivered: queue('undelivered'),
      missed: queue('missed'),
      crashed: queue('crashed'),
    },
    functions: {
      webhook: lambda('webhook'),
      bus: lambda('bus'),
      deliver: lambda('deliver'),
      'deliver-now': lambda('deliver-now'),
      mover: lambda('mover'),
    },
    api: new HttpApi(stack, 'Api'),
    table: new TableV2(stack, 'Ledger', { partitionKey: { name: 'identity', type: AttributeType.STRING } }),
    topic: hasTopic ? new Topic(stack, 'Topic') : undefined,
  })
  const template = Template.fromStack(stack)
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) =>
    alarmSchema.parse(Properties),
  )
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'))
  return {
    alarms: new Map(alarms.map((alarm) => [alarm.AlarmName.slice(PREFIX.length), alarm])),
    dashboard: textOf(dashboard?.['Properties'].DashboardBody),
  }
}

/** All metrics of an alarm, each once for each time it is paid for. */
export const metricsOf = (alarm: AlarmInTemplate): readonly z.infer<typeof metricSchema>[] => [
  ...(alarm.MetricName !== undefined ? [metricSchema.parse(alarm)] : []),
  ...alarm.Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
]

const joinSchema = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) })

/** A text of a template, whatever is known only while deploying spelled as some name of ordinary length. */
export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value
  const join = joinSchema.safeParse(value).data?.['Fn::Join']
  if (join && Array.isArray(join[1])) return join[1].map(textOf).join(join[0])
  return 'Name-of-a-thing-that-CloudFormation-made-9Z8Y7X6W5V4U'
}
