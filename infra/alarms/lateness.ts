// How late the oldest change is, in relation to what was promised for the place where it lies: more than 1 is too late.
import { Duration } from 'aws-cdk-lib'
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { StageMetrics } from '../stage-metrics.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE

/**
 * Seconds after which a change should have left a queue: of a lane several times the longest delay between two tries
 * (retry.ts). In the last three nothing should ever lie: what EventBridge could not hand over, and what SQS took away.
 */
export const PROMISED_SECONDS = {
  consent: 10 * MINUTE,
  changes: HOUR,
  inbox: 10 * MINUTE,
  undelivered: MINUTE,
  missed: MINUTE,
  crashed: MINUTE,
} as const

type Promised = keyof typeof PROMISED_SECONDS
const PROMISED = Object.keys(PROMISED_SECONDS) as readonly Promised[]

/** What waits goes back to the changes queue with every run of the mover, which may miss one. */
export const waitingSeconds = (moveWaitingEveryHours: number): number => 2 * moveWaitingEveryHours * HOUR

export type LatenessOptions = {
  readonly metrics: StageMetrics
  readonly queues: Readonly<Record<Promised | 'waiting', IQueue>>
  readonly moveWaitingEveryHours: number
}

/**
 * The greatest of all. Two measures for each lane: SQS leaves out of the age of its oldest message those that were
 * received several times and not deleted (its developer guide, which does not except FIFO queues), as an outage does to
 * all of them, so deliver itself tells the age of what it hands back; and what is never received only SQS can tell.
 */
export const lateness = ({ metrics, queues, moveWaitingEveryHours }: LatenessOptions): MathExpression => {
  const { consent, changes } = PROMISED_SECONDS
  const ageIn = (name: Promised | 'waiting') => queues[name].metricApproximateAgeOfOldestMessage()
  const parts: Record<string, MathExpression> = {
    handedBackConsent: inRelation('m0', metrics.told('DeferredConsentAge'), consent * 1000),
    handedBackChanges: inRelation('m1', metrics.told('DeferredAge'), changes * 1000),
    waiting: inRelation('m2', ageIn('waiting'), waitingSeconds(moveWaitingEveryHours)),
    ...Object.fromEntries(
      PROMISED.map((name, place) => [name, inRelation(`m${place + 3}`, ageIn(name), PROMISED_SECONDS[name])]),
    ),
  }
  return new MathExpression({
    expression: `MAX([${Object.keys(parts).join(',')}])`,
    usingMetrics: parts,
    label: 'oldest change in relation to its promise',
    period: Duration.minutes(5),
  })
}

/** An empty queue tells no age, and what is missing in one part would be missing in the whole. */
const inRelation = (id: string, age: IMetric, promised: number) =>
  new MathExpression({
    expression: `FILL(${id},0)/${promised}`,
    usingMetrics: { [id]: age },
    period: Duration.minutes(5),
  })
