// What of AWS a worker asks for, answered in the process: clients that are nothing but `send`. Signing and serialising are
// the SDK's business and cost more than all the rest of a history; the suites over real queues have the real clients.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs'

export type SentMessage = SendMessageBatchRequestEntry & {
  readonly MessageBody: string
  readonly QueueUrl: string
  /** Epoch milliseconds. */
  readonly sentAt: number
}

/** For how long SQS knows a deduplication id (API reference, SendMessage). */
const DEDUPLICATION_MILLISECONDS = 5 * 60 * 1000

/** What was sent, and how long each receipt handle was hidden for, in seconds. */
export type QueueStore = {
  readonly sent: SentMessage[]
  readonly hidden: Map<string, number>
  /** Of the messages a worker received itself: when they are seen again (epoch ms), and which are gone. */
  readonly visibleAt: Map<SentMessage, number>
  readonly deleted: Set<SentMessage>
}

export const createQueueStore = (): QueueStore => ({
  sent: [],
  hidden: new Map(),
  visibleAt: new Map(),
  deleted: new Set(),
})

/** The messages of a queue that nobody has deleted. */
export const messagesIn = ({ sent, deleted }: QueueStore, queueUrl: string): readonly SentMessage[] =>
  sent.filter((one) => one.QueueUrl === queueUrl && !deleted.has(one))

/** What a test may do around a call that leaves a worker: break it, or end the worker there. */
export type Around = <Result>(call: () => Promise<Result>) => Promise<Result>

type Command = { readonly input: object }

/** Nobody asks a client for anything but `send`, whose overloads no plain function has. */
const clientOf = <Client>(answer: (command: Command) => Promise<object>): Client =>
  ({ send: answer }) as unknown as Client

/** How long a received message is hidden unless it is spoken of. */
const VISIBILITY_MILLISECONDS = 60_000

/** A client of the store; several workers share one. `refuses` says of each batch whether all its entries fail. */
export const inMemorySqs = (
  store: QueueStore,
  around: Around,
  now: () => number,
  refuses: () => boolean,
): SQSClient => {
  const { sent, hidden, visibleAt, deleted } = store

  const send = ({ QueueUrl = '', Entries = [] }: SendMessageBatchCommand['input']) => {
    const isRefused = refuses()
    const isKnown = (id: string | undefined) =>
      id !== undefined &&
      sent.some(
        (one) =>
          one.QueueUrl === QueueUrl &&
          one.MessageDeduplicationId === id &&
          now() - one.sentAt < DEDUPLICATION_MILLISECONDS,
      )
    for (const entry of isRefused ? [] : Entries) {
      const { MessageBody = '', MessageDeduplicationId } = entry
      if (!isKnown(MessageDeduplicationId)) sent.push({ ...entry, MessageBody, QueueUrl, sentAt: now() })
    }
    return { Failed: isRefused ? Entries.map(({ Id }) => ({ Id })) : [] }
  }

  const byHandle = (queueUrl: string | undefined, handle: string | undefined) =>
    messagesIn(store, queueUrl ?? '').find((one) => handleOf(one) === handle)

  const hide = ({ QueueUrl, Entries = [] }: ChangeMessageVisibilityBatchCommand['input']) => {
    for (const { ReceiptHandle = '', VisibilityTimeout = 0 } of Entries) {
      hidden.set(ReceiptHandle, VisibilityTimeout)
      const message = byHandle(QueueUrl, ReceiptHandle)
      if (message) visibleAt.set(message, now() + VisibilityTimeout * 1000)
    }
    return {}
  }

  const receive = ({ QueueUrl = '', MaxNumberOfMessages = 1 }: ReceiveMessageCommand['input']) => {
    const visible = messagesIn(store, QueueUrl).filter((one) => (visibleAt.get(one) ?? 0) <= now())
    const received = visible.slice(0, MaxNumberOfMessages)
    for (const message of received) visibleAt.set(message, now() + VISIBILITY_MILLISECONDS)
    return {
      Messages: received.map((message) => ({
        MessageId: handleOf(message),
        ReceiptHandle: handleOf(message),
        Body: message.MessageBody,
        Attributes: { SentTimestamp: String(message.sentAt) },
        MessageAttributes: message.MessageAttributes,
      })),
    }
  }

  const remove = ({ QueueUrl, Entries = [] }: DeleteMessageBatchCommand['input']) => {
    for (const { ReceiptHandle } of Entries) {
      const message = byHandle(QueueUrl, ReceiptHandle)
      if (message) deleted.add(message)
    }
    return {}
  }

  const handleOf = (message: SentMessage): string => `sent-${sent.indexOf(message)}`

  return clientOf((command) =>
    around(async () => {
      if (command instanceof SendMessageBatchCommand) return send(command.input)
      if (command instanceof ChangeMessageVisibilityBatchCommand) return hide(command.input)
      if (command instanceof ReceiveMessageCommand) return receive(command.input)
      if (command instanceof DeleteMessageBatchCommand) return remove(command.input)
      throw new Error('the queues in memory know no such command')
    }),
  )
}

/** Secrets by id, as text; whoever changes the record rotates them. */
export const inMemorySecrets = (
  secrets: Readonly<Record<string, string>>,
  isReachable = () => true,
): SecretsManagerClient =>
  clientOf(async (command) => {
    if (!isReachable()) throw new Error('Secrets Manager is away')
    if (!(command instanceof GetSecretValueCommand)) throw new Error('secrets are only read')
    return { SecretString: secrets[command.input.SecretId ?? ''] }
  })

/** For workers whose ledger is not in DynamoDB. */
export const noDynamodb = (): DynamoDBClient =>
  clientOf(async () => {
    throw new Error('the ledger is not in DynamoDB')
  })
