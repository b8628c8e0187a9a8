// The way back: on a schedule, changes that waited for their profile go to the changes queue and are tried again.
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { Context } from 'aws-lambda'
import { type ChangesMessage, type FifoMessage, readMessage, toMovedMessage } from '../change/message.ts'
import { type Environment, readMoverConfig } from '../runtime/config.ts'
import type { Log } from '../runtime/log.ts'
import { createSendMessages, GROUP_ATTRIBUTE } from '../runtime/queue.ts'
import type { Time } from '../runtime/time.ts'

export type MoverDependencies = {
  readonly environment: Environment
  readonly clients: { readonly sqs: SQSClient }
  readonly time: Time
  readonly log: Log
}

/** Answers how many messages were moved. */
export type Mover = (
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<{ readonly moved: number }>

const BATCH = 10
/** Asks all of SQS's servers (long polling), not a sample of them. */
const WAIT_SECONDS = 1
/** What is left of an invocation when it stops asking for more. */
const RESERVE_MILLISECONDS = 5000

/** The handler behind the schedule. Throws at once where its environment is at fault. */
export const createMover = ({ environment, clients: { sqs }, time, log }: MoverDependencies): Mover => {
  const { WAITING_QUEUE_URL: QueueUrl, CHANGES_QUEUE_URL } = readMoverConfig(environment)
  const send = createSendMessages(sqs, time, log)

  const receive = async (): Promise<readonly Message[]> => {
    const answer = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: BATCH,
        WaitTimeSeconds: WAIT_SECONDS,
        MessageSystemAttributeNames: ['SentTimestamp'],
        MessageAttributeNames: [GROUP_ATTRIBUTE],
      }),
    )
    return answer.Messages ?? []
  }

  /** How many were moved; undefined where the changes queue takes none just now. */
  const move = async (messages: readonly Message[]): Promise<number | undefined> => {
    const moved = messages.flatMap((message) => {
      const outgoing = toOutgoing(message)
      if (!outgoing) log.error('waiting.unreadable', { messageId: message.MessageId })
      return outgoing ? [{ outgoing, receiptHandle: message.ReceiptHandle }] : []
    })
    if (moved.length === 0) return 0
    const outgoing = moved.map((one) => one.outgoing)
    // What is sent twice is dropped by SQS, or ends as `duplicate`.
    if (!(await send(CHANGES_QUEUE_URL, outgoing))) return undefined
    const Entries = moved.map(({ receiptHandle: ReceiptHandle }, place) => ({
      Id: String(place),
      ReceiptHandle,
    }))
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    return moved.length
  }

  /** Lets the next run have at once what this one may not take. */
  const leave = async (messages: readonly Message[]): Promise<void> => {
    if (messages.length === 0) return
    const Entries = messages.map(({ ReceiptHandle }, place) => ({
      Id: String(place),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }))
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))
  }

  return async (_event, context) => {
    const startedAt = time.now()
    let moved = 0
    while (context.getRemainingTimeInMillis() > RESERVE_MILLISECONDS) {
      const messages = await receive()
      // What was moved and came back meanwhile is for the next run: it would go in a circle.
      const [older, younger] = partition(messages, startedAt)
      await leave(younger)
      if (older.length === 0) break
      const count = await move(older)
      if (count === undefined) break
      moved += count
    }
    if (moved > 0) log.info('waiting.moved', { count: moved })
    return { moved }
  }
}

const partition = (messages: readonly Message[], startedAt: number) => {
  const isOlder = ({ Attributes }: Message) => Number(Attributes?.SentTimestamp) < startedAt
  return [messages.filter(isOlder), messages.filter((message) => !isOlder(message))] as const
}

const toOutgoing = ({ Body = '', MessageAttributes }: Message): FifoMessage | undefined => {
  const message: ChangesMessage | undefined = readMessage(Body)
  const groupId = MessageAttributes?.[GROUP_ATTRIBUTE]?.StringValue
  return message && groupId ? toMovedMessage(message, groupId) : undefined
}
