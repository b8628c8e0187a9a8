// Hides failed messages until it is their time again.
import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { SQSRecord } from 'aws-lambda'
import { errorName, type Log } from '../../runtime/log.ts'

export type Hidden = { readonly record: SQSRecord; readonly delayMilliseconds: number }

/** Hides each message of one batch (at most ten) for its delay; where that fails the queue's own visibility time-out does. */
export const hide = async (
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly Hidden[],
  log: Log,
): Promise<void> => {
  if (messages.length === 0) return
  const entries = messages.map(({ record, delayMilliseconds }, position) => ({
    Id: String(position),
    ReceiptHandle: record.receiptHandle,
    VisibilityTimeout: Math.ceil(delayMilliseconds / 1000),
  }))
  try {
    const answer = await sqs.send(
      new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
    )
    if (answer.Failed?.length) log.warn('messages.not-hidden', { count: answer.Failed.length })
  } catch (error) {
    log.warn('messages.not-hidden', { count: entries.length, cause: errorName(error) })
  }
}
