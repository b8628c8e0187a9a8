// Puts messages on a queue so that they are durable, or says which ones are not.
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { MESSAGE_BYTES, type OutgoingMessage } from '../change/message.ts'
import { errorName, type Log } from './log.ts'
import type { Time } from './time.ts'

/** SQS takes ten entries and, all together, no more than one message may have (SQS quotas). */
const BATCH_ENTRIES = 10

const ATTEMPTS = 3
const PAUSE_MILLISECONDS = 100

export type SendMessages = (queueUrl: string, messages: readonly OutgoingMessage[]) => Promise<boolean>

/** Sends all messages; entries that failed are sent again under the same id. True when every one is durable. */
export const createSendMessages =
  (sqs: SQSClient, time: Time, log: Log): SendMessages =>
  async (queueUrl, messages) => {
    // One batch after the other keeps the order of a group's messages.
    for (const batch of batchesOf(messages)) {
      if (!(await sendBatch(sqs, time, log, queueUrl, batch))) return false
    }
    return true
  }

const sendBatch = async (
  sqs: SQSClient,
  time: Time,
  log: Log,
  queueUrl: string,
  batch: readonly OutgoingMessage[],
): Promise<boolean> => {
  let left = batch.map((message, position) => ({ message, entryId: String(position) }))
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (attempt > 1) await time.sleep(PAUSE_MILLISECONDS * attempt)
    try {
      const answer = await sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: left.map(({ message, entryId }) => ({
            Id: entryId,
            MessageBody: message.body,
            ...addressOf(message),
          })),
        }),
      )
      const failed = new Set(answer.Failed?.map(({ Id }) => Id))
      left = left.filter(({ entryId }) => failed.has(entryId))
      if (left.length === 0) return true
      log.warn('messages.unsent', { attempt, count: left.length })
    } catch (error) {
      // The SDK has retried by itself; what may have arrived has the same ids next time.
      log.warn('messages.unsent', { attempt, count: left.length, cause: errorName(error) })
    }
  }
  return false
}

/** The name of the message attribute that holds a waiting message's group: a pseudonym, as a group id is. */
export const GROUP_ATTRIBUTE = 'group'
/** Name, type and a pseudonym; SQS counts attributes to the size of a message. */
const ATTRIBUTE_BYTES = 100

const addressOf = (message: OutgoingMessage) =>
  'group' in message
    ? { MessageAttributes: { [GROUP_ATTRIBUTE]: { DataType: 'String', StringValue: message.group } } }
    : { MessageGroupId: message.groupId, MessageDeduplicationId: message.deduplicationId }

const batchesOf = (messages: readonly OutgoingMessage[]): readonly (readonly OutgoingMessage[])[] => {
  const batches: OutgoingMessage[][] = []
  let bytes = 0
  for (const message of messages) {
    const size = Buffer.byteLength(message.body) + ('group' in message ? ATTRIBUTE_BYTES : 0)
    const last = batches.at(-1)
    if (last && last.length < BATCH_ENTRIES && bytes + size <= MESSAGE_BYTES) {
      last.push(message)
      bytes += size
    } else {
      batches.push([message])
      bytes = size
    }
  }
  return batches
}
