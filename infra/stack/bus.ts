// The event buses: what belongs to a source goes into the inbox whole, as text, so that no digit of a number is lost.
import { Duration } from 'aws-cdk-lib'
import { CfnArchive, EventBus, type IEventBusRef, Rule } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { busSourcesOf } from '../../functions/change/mapping.ts'
import { busPattern } from '../bus-pattern.ts'
import type { Stage } from '../context.ts'
import type { Queues } from './queues.ts'

const PARTNER = 'aws.partner/'
/** EventBridge's longest and most (185 tries fill the day): only then an event lies in `undelivered`. */
const TRIED = { maxEventAge: Duration.hours(24), retryAttempts: 185 }
/** How long events can be replayed. */
const ARCHIVE_DAYS = 30

/** Our own bus and its archive, and a rule on each bus on which a source that is on is heard. */
export const addBus = (scope: Construct, stage: Stage, queues: Queues, key: IKey | undefined): EventBus => {
  const bus = new EventBus(scope, 'OwnBus', {
    description: `Campaign profile sync, ${stage.name}`,
    ...(key && { kmsKey: key, deadLetterQueue: queues.undelivered }),
  })
  if (key)
    queues.undelivered.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queues.undelivered.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': bus.eventBusArn } },
      }),
    )
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

const addRule = (
  scope: Construct,
  id: string,
  eventBus: IEventBusRef,
  senders: string[],
  { inbox, undelivered }: Queues,
): Rule =>
  new Rule(scope, id, {
    eventBus,
    eventPattern: busPattern(senders),
    targets: [new SqsQueue(inbox, { deadLetterQueue: undelivered, ...TRIED })],
  })
