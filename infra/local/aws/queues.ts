// The queues of the local stack, with the settings that they have on AWS.
import { CreateQueueCommand, type SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { limits } from '../../limits.ts'
import { ACCOUNT_ID, REGION } from './aws-clients.ts'
import type { SqsStandIn } from './sqs-stand-in.ts'

const QUEUE_NAMES = {
  changes: 'changes.fifo',
  consent: 'consent.fifo',
  parked: 'parked.fifo',
  inbox: 'inbox',
  waiting: 'waiting',
} as const

export type QueueName = keyof typeof QUEUE_NAMES
export type Queue = { readonly url: string; readonly arn: string }
export type Queues = Record<QueueName, Queue>

/** The answer of `GET /_local/queues`: messages there, in flight included; parked ones by code. */
export type QueueCounts = Record<Exclude<QueueName, 'parked'>, number> & {
  readonly parked: Record<string, number>
}

/** Creates all queues of the SQS at `endpoint`. */
export const createQueues = async (
  sqs: SQSClient,
  endpoint: string,
  visibilityTimeoutSeconds?: number,
): Promise<Queues> => {
  const create = async (name: QueueName): Promise<Queue> => {
    const QueueName = QUEUE_NAMES[name]
    await sqs.send(
      new CreateQueueCommand({ QueueName, Attributes: attributes(name, visibilityTimeoutSeconds) }),
    )
    // fauxqs answers a URL whose host few machines can resolve, and goes by its last segment only.
    return { url: `${endpoint}/${ACCOUNT_ID}/${QueueName}`, arn: arnOf(QueueName) }
  }
  return {
    parked: await create('parked'),
    changes: await create('changes'),
    consent: await create('consent'),
    inbox: await create('inbox'),
    waiting: await create('waiting'),
  }
}

/** Counts without receiving: no message notices. */
export const countQueues = async (standIn: SqsStandIn): Promise<QueueCounts> => {
  const sizes = await standIn.sizes()
  const size = (name: QueueName) => sizes.get(QUEUE_NAMES[name]) ?? 0
  const parked = Object.groupBy(await standIn.bodies(QUEUE_NAMES.parked), codeOf)
  return {
    changes: size('changes'),
    consent: size('consent'),
    inbox: size('inbox'),
    waiting: size('waiting'),
    parked: Object.fromEntries(Object.entries(parked).map(([code, bodies = []]) => [code, bodies.length])),
  }
}

const attributes = (
  name: QueueName,
  visibilityTimeoutSeconds = name === 'waiting'
    ? limits.waitingVisibilityTimeoutSeconds
    : limits.visibilityTimeoutSeconds,
): Record<string, string> => ({
  VisibilityTimeout: String(visibilityTimeoutSeconds),
  MessageRetentionPeriod: String(limits.retentionSeconds),
  MaximumMessageSize: String(limits.messageBytes),
  ...(QUEUE_NAMES[name].endsWith('.fifo') && {
    FifoQueue: 'true',
    ContentBasedDeduplication: 'false',
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
  }),
  ...((name === 'changes' || name === 'consent') && {
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: arnOf(QUEUE_NAMES.parked),
      maxReceiveCount: limits.maxReceiveCount,
    }),
  }),
})

const arnOf = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${name}`

const parkedSchema = z.object({ parked: z.object({ code: z.string() }) })

// Without a code of ours it was SQS that moved the message there, after too many receives.
const codeOf = (body: string): string => {
  try {
    return parkedSchema.parse(JSON.parse(body)).parked.code
  } catch {
    return 'crashed'
  }
}
