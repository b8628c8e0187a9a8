// What the alarms look at, by name, and when each is raised.
import { Duration } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { FunctionName } from '../function-names.ts'
import type { Part } from '../stack/functions.ts'
import { type LatenessOptions, lateness } from './lateness.ts'
import { codesOf, PARKED, type ParkedGroup } from './parked.ts'

export type WatchOptions = LatenessOptions & {
  readonly functions: Readonly<Record<FunctionName, Pick<Part, 'function'>>>
  readonly api: HttpApi
}

/** Raised where `breaching` of the last `of` periods reach the threshold. */
export type Watch = {
  readonly metric: IMetric
  readonly threshold: number
  readonly breaching?: number
  readonly of: number
  readonly missing: TreatMissingData
  /** In one sentence, for whoever is called by it. */
  readonly means: string
  /** For Logs Insights, and whose logs. */
  readonly query: string
  readonly functions: readonly LambdaFunction[]
}

/** The functions tell nothing where nothing happens. */
const missing = TreatMissingData.NOT_BREACHING
const FIVE_MINUTES = Duration.minutes(5)
/** In periods of five minutes. */
const AN_HOUR = 12
/** The longest delay between two tries is a quarter more than fifteen minutes. */
const LONGEST_DELAY = 4

/** How many a quarter of an hour are no accident any more. */
const MANY_VALUES = 10

export const watchesOf = (options: WatchOptions): Readonly<Record<string, Watch>> => {
  const { metrics, api, moveWaitingEveryHours } = options
  const all = Object.values(options.functions).map((part) => part.function)
  const { webhook, bus, deliver, 'deliver-now': deliverNow } = options.functions
  const accepting = [webhook.function, bus.function]
  const delivering = [deliver.function, deliverNow.function]

  /** What was put aside with the codes of a group. */
  const parked = (group: ParkedGroup) => ({
    metric: sumOf(PARKED.filter((entry) => entry.group === group).map(metrics.parked)),
    threshold: 1,
    of: AN_HOUR,
    missing,
    query: `filter @message like /"(${codesOf(group).join('|')})"/|fields @timestamp,outcome,code,rejected.0,source,receipt`,
    functions: PARKED.some(({ group: own, service }) => own === group && service === 'accept')
      ? [...delivering, ...accepting]
      : delivering,
  })

  return {
    'changes-late': {
      means: 'The oldest change is later than promised: it is accepted, and not applied.',
      metric: lateness(options),
      threshold: 1,
      of: LONGEST_DELAY,
      missing,
      query: 'filter outcome="deferred"|stats count(),max(ageMs) by code,source',
      functions: delivering,
    },
    'functions-failing': {
      means: 'A function fails again and again: senders get no answer, or nothing is applied.',
      metric: sumOf([api.metricServerError(), ...all.map((one) => one.metricErrors())]),
      threshold: 1,
      // Once is an accident, which the sender or the queue repeats.
      breaching: 2,
      of: AN_HOUR,
      missing,
      // What Lambda itself says (out of time, out of memory) has no level.
      query: 'filter level="ERROR" or type like /platform/|fields @timestamp,@message',
      functions: all,
    },
    'campaign-access-refused': {
      means: 'Campaign or IMS refuses us as a whole: credentials, organization, product profile or address.',
      metric: metrics.told('ConfigurationFault'),
      threshold: 1,
      of: 1,
      // Calls that succeed tell 0; while nothing calls nothing is mended.
      missing: TreatMissingData.IGNORE,
      query: 'filter message="campaign.configuration"|fields @timestamp,code,detail',
      functions: delivering,
    },
    'opt-out-unmatched': {
      means: 'Somebody opted out whom Campaign does not know, and may still write to.',
      metric: metrics.told('UnmatchedOptOut').with({ period: Duration.hours(1) }),
      threshold: 1,
      // It is told again with every run of the mover.
      of: moveWaitingEveryHours + 1,
      missing,
      query: 'filter message="consent.unmatched"|fields @timestamp,source,changeId,receipt',
      functions: delivering,
    },
    'parked-given-up': {
      means: 'A change was given up: expired, crashing, unreadable or refused without a reason.',
      ...parked('parked-given-up'),
    },
    'parked-decision': {
      means: 'A consent or a deletion waits for a person to decide.',
      ...parked('parked-decision'),
    },
    'parked-mapping': {
      means: 'mappings.ts does not fit the profile as it is in Campaign.',
      ...parked('parked-mapping'),
    },
    'parked-sender': {
      means: 'A sender sends what is not an event as it is documented.',
      ...parked('parked-sender'),
    },
    'parked-values': {
      means: `At least ${MANY_VALUES} changes in a quarter of an hour hold values or names that are refused.`,
      ...parked('parked-values'),
      metric: sumOf(
        PARKED.filter(({ group }) => group === 'parked-values').map(metrics.parked),
        Duration.minutes(15),
      ),
      threshold: MANY_VALUES,
      of: 4,
    },
  }
}

const sumOf = (parts: readonly IMetric[], period = FIVE_MINUTES): MathExpression =>
  new MathExpression({
    // What is missing in one part would be missing in the whole.
    expression: `SUM([${parts.map((_, place) => `FILL(m${place},0)`).join(',')}])`,
    usingMetrics: Object.fromEntries(parts.map((part, place) => [`m${place}`, part])),
    label: 'sum',
    period,
  })
