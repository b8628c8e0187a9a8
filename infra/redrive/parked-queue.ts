// The parked queue as redriving needs it: take what is there, delete what was sent, show again what stays.
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { ReceivedParked } from '../../functions/change/redriven.ts'

export type Received = ReceivedParked & { readonly receiptHandle: string }

export type ParkedQueue = {
  /** At most ten, hidden from now on; none where nothing is visible. */
  readonly receive: () => Promise<readonly Received[]>
  /** How many of them could not be deleted. */
  readonly remove: (messages: readonly Received[]) => Promise<number>
  /** Makes them visible at once; a handle that has run out is visible already. */
  readonly show: (messages: Iterable<Received>) => Promise<void>
}

const BATCH = 10
/** Asks all of SQS's servers (long polling), not a sample of them. */
const WAIT_SECONDS = 1
/** How long a message stays hidden from others should this program end without a word. */
const HIDDEN_SECONDS = 300

export const createParkedQueue = (
  sqs: SQSClient,
  QueueUrl: string,
  waitSeconds = WAIT_SECONDS,
): ParkedQueue => ({
  receive: async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: BATCH,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: HIDDEN_SECONDS,
        MessageSystemAttributeNames: ['SentTimestamp', 'MessageDeduplicationId'],
      }),
    )
    return Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }) => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      deduplicationId: Attributes.MessageDeduplicationId ?? '',
      sentAt: Number(Attributes.SentTimestamp),
    }))
  },
  remove: async (messages) => {
    const Entries = entriesOf(messages)
    const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    return Failed.length
  },
  show: async (messages) => {
    const all = [...messages]
    for (let first = 0; first < all.length; first += BATCH) {
      const Entries = entriesOf(all.slice(first, first + BATCH)).map((entry) => ({
        ...entry,
        VisibilityTimeout: 0,
      }))
      await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))
    }
  },
})

const entriesOf = (messages: readonly Received[]) =>
  messages.map(({ receiptHandle }, place) => ({ Id: String(place), ReceiptHandle: receiptHandle }))
