// The event buses: what belongs to a source goes into the inbox whole, as text, so that no digit of a number is lost.
import { Duration } from 'aws-cdk-lib'
import { CfnArchive, EventBus, type IEventBusRef, Rule } from 'aws-cdk-lib/aws-events'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { busSourcesOf } from '../../functions/change/mapping.ts'
import { busPattern } from '../bus-pattern.ts'
import type { Stage } from '../context.ts'
import type { Queues } from './queues.ts'

const PARTNER = 'aws.partner/'
/** EventBridge's longest, and its most (185 tries fill the day): only then it gives an event up. */
const TRIED_FOR = Duration.hours(24)
const TRIED_TIMES = 185
/** How long events can be replayed. */
const ARCHIVE_DAYS = 30

/** Our own bus and its archive, and a rule on each bus on which a source that is on is heard. */
export const addBus = (scope: Construct, stage: Stage, queues: Queues, key: IKey | undefined): EventBus => {
  const bus = new EventBus(scope, 'OwnBus', {
    description: `Campaign profile sync, ${stage.name}`,
    ...(key && { kmsKey: key, deadLetterQueue: queues.undelivered }),
  })
  if (key) letSend(bus.eventBusArn, queues.undelivered)
  const senders = [...busSourcesOf(stage.mappings).keys()]
  const ours = senders.filter((sender) => !sender.startsWith(PARTNER))
  if (ours.length > 0) {
    addRule(scope, 'OwnRule', bus, ours, queues)
    // The construct for it would let EventBridge use the key on anybody's behalf, or (EventBus.archive) forget the key.
    new CfnArchive(scope, 'Archive', {
      description: 'For replays, which are harmless: what was applied ends as duplicate',
      sourceArn: bus.eventBusArn,
      eventPattern: busPattern(ours),
      retentionDays: ARCHIVE_DAYS,
      ...(key && { kmsKeyIdentifier: key.keyArn }),
    })
  }
  for (const [place, name] of stage.partnerBuses.entries()) {
    const partner = EventBus.fromEventBusName(scope, `PartnerBus${place}`, name)
    addRule(scope, `PartnerRule${place}`, partner, [name], queues)
  }
  return bus
}

/**
 * By hand: for a queue with a customer's key the CDK's own target lets every rule of the account send to it, and gives
 * EventBridge more of the key than it needs.
 */
const addRule = (
  scope: Construct,
  id: string,
  eventBus: IEventBusRef,
  senders: string[],
  { inbox, undelivered }: Queues,
): void => {
  const rule = new Rule(scope, id, { eventBus, eventPattern: busPattern(senders) })
  rule.addTarget({
    bind: () => ({
      arn: inbox.queueArn,
      deadLetterConfig: { arn: undelivered.queueArn },
      retryPolicy: {
        maximumEventAgeInSeconds: TRIED_FOR.toSeconds(),
        maximumRetryAttempts: TRIED_TIMES,
      },
    }),
  })
  for (const queue of [inbox, undelivered]) letSend(rule.ruleArn, queue)
}

const letSend = (sourceArn: string, queue: Queue): void => {
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': sourceArn } },
    }),
  )
}
