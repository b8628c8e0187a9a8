// The queues between the functions, and where SQS puts what no function could take.
import { Duration } from 'aws-cdk-lib'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
} from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { limits } from '../limits.ts'
import { removalPolicyOf } from './removal.ts'

export type Queues = {
  readonly inbox: Queue
  readonly changes: Queue
  readonly consent: Queue
  readonly waiting: Queue
  readonly parked: Queue
  /** What SQS took out of what waits, after too many receives: a standard queue's must be one. */
  readonly crashed: Queue
  /** What EventBridge could not put into the inbox, and what SQS took out of it: SQS itself can move both back. */
  readonly undelivered: Queue
  /** Runs of the mover that EventBridge could not start. */
  readonly missed: Queue
}

/** High throughput: nothing but the order within one group holds anyone up. */
const FIFO = {
  fifo: true,
  // Each message has an id of its own: the same words a second time are a second change.
  contentBasedDeduplication: false,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
} as const

export const addQueues = (
  scope: Construct,
  { key, retain }: { key: IKey | undefined; retain: boolean },
): Queues => {
  const held = {
    ...(key
      ? { encryption: QueueEncryption.KMS, encryptionMasterKey: key }
      : { encryption: QueueEncryption.SQS_MANAGED }),
    enforceSSL: true,
    retentionPeriod: Duration.seconds(limits.retentionSeconds),
    maxMessageSizeBytes: limits.messageBytes,
    visibilityTimeout: Duration.seconds(limits.visibilityTimeoutSeconds),
    removalPolicy: removalPolicyOf(retain),
  } satisfies QueueProps
  const after = (queue: Queue) => ({ deadLetterQueue: { queue, maxReceiveCount: limits.maxReceiveCount } })

  const parked = new Queue(scope, 'Parked', { ...held, ...FIFO })
  const crashed = new Queue(scope, 'Crashed', held)
  const undelivered = new Queue(scope, 'Undelivered', held)
  return {
    parked,
    crashed,
    undelivered,
    missed: new Queue(scope, 'Missed', held),
    inbox: new Queue(scope, 'Inbox', { ...held, ...after(undelivered) }),
    changes: new Queue(scope, 'Changes', { ...held, ...FIFO, ...after(parked) }),
    consent: new Queue(scope, 'Consent', { ...held, ...FIFO, ...after(parked) }),
    waiting: new Queue(scope, 'Waiting', {
      ...held,
      ...after(crashed),
      visibilityTimeout: Duration.seconds(limits.waitingVisibilityTimeoutSeconds),
    }),
  }
}
