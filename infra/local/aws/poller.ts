// Lambda's event source mapping on one machine: reads a queue, runs the function, deletes what it did not fail.
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { SQSEvent } from 'aws-lambda'
import { realTime, type Time } from '../../../functions/runtime/time.ts'
import { limits } from '../../limits.ts'
import { failedMessages } from './failed-messages.ts'
import { type LambdaHandler, type Report, reportOnStandardError, runFunction } from './run-function.ts'
import { sqsEvent } from './sqs-event.ts'

export type PollerSettings = {
  readonly sqs: SQSClient
  readonly queueUrl: string
  readonly queueArn: string
  readonly handler: LambdaHandler<SQSEvent>
  readonly functionName?: string
  readonly time?: Time
  readonly batchSize?: number
  /** How many invocations run at once. */
  readonly concurrency?: number
  readonly functionTimeoutMilliseconds?: number
  readonly report?: Report
}

/** A poller that runs; `stop` resolves when polling and every handler have ended, and may be called again. */
export type Poller = AsyncDisposable & { readonly stop: () => Promise<void> }

/** SQS's longest wait: the fewest empty receives. */
const LONG_POLL_SECONDS = 20
const PAUSE_AFTER_FAULT_MILLISECONDS = 1000

/** Polls until stopped. Failed messages are left to their visibility time-out, which the handler may have changed. */
export const startPoller = (settings: PollerSettings): Poller => {
  const {
    sqs,
    queueUrl,
    queueArn,
    handler,
    functionName = 'deliver',
    time = realTime,
    batchSize = limits.batchSize,
    concurrency = 2,
    functionTimeoutMilliseconds: timeoutMilliseconds = limits.deliverTimeoutSeconds * 1000,
    report = reportOnStandardError,
  } = settings
  const stopping = new AbortController()

  const receive = async (): Promise<Message[]> => {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: batchSize,
      WaitTimeSeconds: LONG_POLL_SECONDS,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    })
    const { Messages = [] } = await sqs.send(command, { abortSignal: stopping.signal })
    return Messages
  }

  const remove = async (receiptHandles: string[]): Promise<void> => {
    if (receiptHandles.length === 0) return
    const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }))
    const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }))
    for (const failure of Failed) report(`a message of ${queueUrl} was not deleted`, failure.Message)
  }

  const deliver = async (messages: Message[]): Promise<void> => {
    const event = sqsEvent(messages, queueArn)
    const run = await runFunction(handler, event, { name: functionName, timeoutMilliseconds, time, report })
    // A killed sandbox does nothing more; ours cannot be killed, so its place stays taken until it has ended.
    await run.settled
    if (run.failed) return
    const messageIds = event.Records.map((record) => record.messageId)
    const failed = failedMessages(JSON.parse(run.payload), messageIds)
    await remove(
      event.Records.filter((record) => !failed.has(record.messageId)).map((record) => record.receiptHandle),
    )
  }

  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const messages = await receive()
        if (messages.length > 0) await deliver(messages)
      } catch (cause) {
        if (stopping.signal.aborted) return
        report(`polling ${queueUrl} failed`, cause)
        await time.sleep(PAUSE_AFTER_FAULT_MILLISECONDS, stopping.signal)
      }
    }
  }

  const ended = Promise.all(Array.from({ length: concurrency }, work))
  const stop = async () => {
    stopping.abort()
    await ended
  }
  return { stop, [Symbol.asyncDispose]: stop }
}
