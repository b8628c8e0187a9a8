// How late the oldest change is, in relation to what was promised for the place where it lies: more than 1 is too late.
import { Duration } from 'aws-cdk-lib'
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { StageMetrics } from './stage-metrics.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE

/**
 * Seconds after which a change should have ended, several times the longest delay between two tries (retry.ts). Nothing
 * should ever lie in `undelivered`, where EventBridge leaves what it could not hand over.
 */
export const PROMISED_SECONDS = {
  consent: 10 * MINUTE,
  changes: HOUR,
  inbox: 10 * MINUTE,
  undelivered: MINUTE,
} as const

export type LatenessOptions = {
  readonly metrics: StageMetrics
  readonly queues: Readonly<Record<'changes' | 'consent' | 'waiting', IQueue>> &
    Readonly<Partial<Record<'inbox' | 'undelivered', IQueue>>>
  readonly moveWaitingEveryHours: number
}

/**
 * The greatest of all. Two measures for each lane: SQS leaves messages out of the age of its oldest one that were
 * received several times and not deleted (its developer guide says so of every queue), which is what an outage does to
 * all of them, so deliver itself tells the age of what it hands back; and what is never received only SQS can tell.
 */
export const lateness = ({ metrics, queues, moveWaitingEveryHours }: LatenessOptions): MathExpression => {
  const { consent, changes, inbox, undelivered } = PROMISED_SECONDS
  const parts: Record<string, MathExpression> = {
    handedBackConsent: inRelation('m1', metrics.told('DeferredConsentAge'), consent * 1000),
    handedBackChanges: inRelation('m2', metrics.told('DeferredAge'), changes * 1000),
    oldestConsent: inRelation('m3', ageIn(queues.consent), consent),
    oldestChange: inRelation('m4', ageIn(queues.changes), changes),
    // What waits goes back to the changes queue with every run of the mover.
    oldestWaiting: inRelation('m5', ageIn(queues.waiting), 2 * moveWaitingEveryHours * HOUR),
    ...(queues.inbox && { oldestInbox: inRelation('m6', ageIn(queues.inbox), inbox) }),
    ...(queues.undelivered && {
      oldestUndelivered: inRelation('m7', ageIn(queues.undelivered), undelivered),
    }),
  }
  return new MathExpression({
    expression: `MAX([${Object.keys(parts).join(',')}])`,
    usingMetrics: parts,
    label: 'oldest change in relation to its promise',
    period: Duration.minutes(5),
  })
}

const ageIn = (queue: IQueue) => queue.metricApproximateAgeOfOldestMessage()

/** An empty queue tells no age, and what is missing in one part would be missing in the whole. */
const inRelation = (id: string, age: IMetric, promised: number) =>
  new MathExpression({
    expression: `FILL(${id},0)/${promised}`,
    usingMetrics: { [id]: age },
    period: Duration.minutes(5),
  })
