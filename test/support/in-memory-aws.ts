// Real SDK clients whose requests never leave the process: what AWS would answer is a function of the request.
import { createHash } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'

const settings = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
}

/** The operation's name and its parsed body to the answer's body. */
type Answerer = (operation: string, input: unknown) => Promise<object>

const requestHandler = (answer: Answerer) => ({
  handle: async (request: { headers: Record<string, string>; body?: string | Uint8Array }) => {
    const target = request.headers['x-amz-target'] ?? request.headers['X-Amz-Target'] ?? ''
    const text = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body)
    const body = await answer(target.split('.').at(-1) ?? '', JSON.parse(text))
    return {
      response: {
        statusCode: 200,
        headers: { 'content-type': 'application/x-amz-json-1.0' },
        body: Buffer.from(JSON.stringify(body)),
      },
    }
  },
})

const sentSchema = z.object({
  QueueUrl: z.string(),
  Entries: z.array(
    z.object({
      Id: z.string(),
      MessageBody: z.string(),
      // Those of the waiting queue, which is a standard one, have neither.
      MessageGroupId: z.string().optional(),
      MessageDeduplicationId: z.string().optional(),
      MessageAttributes: z.record(z.string(), z.object({ StringValue: z.string() })).optional(),
    }),
  ),
})
const hiddenSchema = z.object({
  Entries: z.array(z.object({ Id: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: z.int() })),
})

export type SentMessage = z.infer<typeof sentSchema>['Entries'][number] & {
  readonly QueueUrl: string
  /** Epoch milliseconds. */
  readonly sentAt: number
}

/** For how long SQS knows a deduplication id (API reference, SendMessage). */
const DEDUPLICATION_MILLISECONDS = 5 * 60 * 1000

/** What was sent, and how long each receipt handle was hidden for, in seconds. */
export type QueueStore = { readonly sent: SentMessage[]; readonly hidden: Map<string, number> }

/** What a test may do around a call that leaves a worker: break it, or end the worker there. */
export type Around = <Result>(call: () => Promise<Result>) => Promise<Result>

/** A client of the store; several workers share one. */
/** `refuses` says of each batch whether all its entries fail. */
export const inMemorySqs = (
  { sent, hidden }: QueueStore,
  around: Around,
  now: () => number,
  refuses: () => boolean,
): SQSClient => {
  const send = async (input: unknown): Promise<object> => {
    const { QueueUrl, Entries } = sentSchema.parse(input)
    if (refuses())
      return {
        Successful: [],
        Failed: Entries.map(({ Id }) => ({ Id, Code: 'ServiceUnavailable', SenderFault: false })),
      }
    const isKnown = (id: string | undefined) =>
      id !== undefined &&
      sent.some(
        (one) =>
          one.QueueUrl === QueueUrl &&
          one.MessageDeduplicationId === id &&
          now() - one.sentAt < DEDUPLICATION_MILLISECONDS,
      )
    for (const entry of Entries) {
      if (!isKnown(entry.MessageDeduplicationId)) sent.push({ ...entry, QueueUrl, sentAt: now() })
    }
    return {
      Successful: Entries.map(({ Id, MessageBody }) => ({
        Id,
        MessageId: Id,
        MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
      })),
      Failed: [],
    }
  }
  const hide = async (input: unknown): Promise<object> => {
    for (const entry of hiddenSchema.parse(input).Entries)
      hidden.set(entry.ReceiptHandle, entry.VisibilityTimeout)
    return { Successful: [], Failed: [] }
  }
  const answer: Answerer = (operation, input) =>
    around(() => (operation === 'SendMessageBatch' ? send(input) : hide(input)))
  return new SQSClient({
    ...settings,
    endpoint: 'http://queues.test',
    requestHandler: requestHandler(answer),
  })
}

/** Secrets by id, as text. */
export const inMemorySecrets = (secrets: Readonly<Record<string, string>>): SecretsManagerClient => {
  const answer: Answerer = async (_operation, input) => {
    const { SecretId } = z.object({ SecretId: z.string() }).parse(input)
    return { SecretString: secrets[SecretId] }
  }
  return new SecretsManagerClient({ ...settings, requestHandler: requestHandler(answer) })
}

/** For workers whose ledger is not in DynamoDB. */
export const noDynamodb = (): DynamoDBClient => new DynamoDBClient(settings)
