import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type AwsClients, awsClients } from '../../infra/local/aws/aws-clients.ts'
import { type PollerSettings, startPoller } from '../../infra/local/aws/poller.ts'
import { type SqsStandIn, startSqs } from '../../infra/local/aws/sqs-stand-in.ts'
import { handMovedTime } from '../support/hand-moved-time.ts'

let server: SqsStandIn
let sqs: AwsClients['sqs']
let queueNumber = 0

beforeAll(async () => {
  server = await startSqs()
  const { url } = server
  sqs = awsClients({ sqs: url, dynamodb: url, secretsManager: url, lambda: url }).sqs
})
afterAll(async () => {
  sqs.destroy()
  await server.close()
})

const queue = async () => {
  queueNumber += 1
  const name = `queue-${queueNumber}.fifo`
  const Attributes = { FifoQueue: 'true', VisibilityTimeout: '60' }
  await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }))
  const queueUrl = `${server.url}/000000000000/${name}`
  const reports: string[] = []
  return {
    queueUrl,
    reports,
    poll: (settings: Omit<PollerSettings, 'sqs' | 'queueUrl' | 'queueArn'>) =>
      startPoller({
        sqs,
        queueUrl,
        queueArn: `arn:aws:sqs:eu-west-1:000000000000:${name}`,
        report: (message) => reports.push(message),
        ...settings,
      }),
    send: (...bodies: string[]) =>
      Promise.all(
        bodies.map((body) =>
          sqs.send(
            new SendMessageCommand({
              QueueUrl: queueUrl,
              MessageBody: body,
              MessageGroupId: `group-${body}`,
              MessageDeduplicationId: body,
              MessageAttributes: { note: { DataType: 'String', StringValue: 'n' } },
            }),
          ),
        ),
      ),
    counts: async () => {
      const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
      const command = new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: [...AttributeNames],
      })
      const { Attributes = {} } = await sqs.send(command)
      return {
        ready: Attributes.ApproximateNumberOfMessages,
        inFlight: Attributes.ApproximateNumberOfMessagesNotVisible,
      }
    },
  }
}

const empty = { ready: '0', inFlight: '0' }
const failing = (records: SQSRecord[]) => ({
  batchItemFailures: records.map((record) => ({ itemIdentifier: record.messageId })),
})

it('hands over each message with every field that Lambda gives it, and deletes it afterwards', async () => {
  const line = await queue()
  const [sent] = await line.send('hello')
  const events: SQSEvent[] = []
  await using _poller = line.poll({ handler: async (event) => void events.push(event) })
  await vi.waitFor(async () => expect(await line.counts()).toEqual(empty))
  expect(events).toEqual([
    {
      Records: [
        {
          messageId: sent?.MessageId,
          receiptHandle: expect.stringMatching(/./),
          body: 'hello',
          attributes: {
            ApproximateReceiveCount: '1',
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: expect.stringMatching(/./),
            MessageGroupId: 'group-hello',
            MessageDeduplicationId: 'hello',
            SequenceNumber: sent?.SequenceNumber,
          },
          messageAttributes: {
            note: { stringValue: 'n', dataType: 'String', stringListValues: [], binaryListValues: [] },
          },
          md5OfBody: '5d41402abc4b2a76b9719d911017c592',
          md5OfMessageAttributes: sent?.MD5OfMessageAttributes,
          eventSource: 'aws:sqs',
          eventSourceARN: expect.stringMatching(/^arn:aws:sqs:eu-west-1:000000000000:queue-/),
          awsRegion: 'eu-west-1',
        },
      ],
    },
  ])
})

it('deletes what was not named as failed and leaves the rest to its visibility time-out', async () => {
  const line = await queue()
  await line.send('good', 'bad', 'fine')
  const seen: string[] = []
  await using _poller = line.poll({
    handler: async ({ Records }) => {
      seen.push(...Records.map((record) => record.body))
      return failing(Records.filter((record) => record.body === 'bad'))
    },
  })
  await vi.waitFor(async () => expect(await line.counts()).toEqual({ ready: '0', inFlight: '1' }))
  expect(seen.toSorted()).toEqual(['bad', 'fine', 'good'])
})

it.each([
  ['throws', () => Promise.reject(new Error('boom'))],
  ['answers no JSON', async () => 1n],
  ['answers another shape', async () => 'done'],
  [
    'names a message that is none of the batch',
    async () => ({ batchItemFailures: [{ itemIdentifier: 'x' }] }),
  ],
  ['names an empty identifier', async () => ({ batchItemFailures: [{ itemIdentifier: '' }] })],
])('keeps the whole batch when the function %s', async (_case, handler) => {
  const line = await queue()
  await line.send('one', 'two')
  const poller = line.poll({ handler })
  await vi.waitFor(async () => expect(await line.counts()).toEqual({ ready: '0', inFlight: '2' }))
  await poller.stop()
  expect(await line.counts()).toEqual({ ready: '0', inFlight: '2' })
})

it('keeps the whole batch when the function outlives its time, and gives its place to no other until it has ended', async () => {
  const line = await queue()
  const time = handMovedTime()
  const stuck = Promise.withResolvers<void>()
  const seen: string[] = []
  await using _poller = line.poll({
    time,
    concurrency: 1,
    functionTimeoutMilliseconds: 30_000,
    handler: async ({ Records }, context) => {
      seen.push(...Records.map((record) => `${record.body} with ${context.getRemainingTimeInMillis()}`))
      if (seen.length === 1) await stuck.promise
    },
  })
  await line.send('slow')
  await vi.waitFor(() => expect(seen).toEqual(['slow with 30000']))
  time.move(30_000)
  await vi.waitFor(() => expect(line.reports).toEqual(['the function deliver failed']))
  await line.send('next')
  expect(await line.counts()).toEqual({ ready: '1', inFlight: '1' })
  stuck.resolve()
  await vi.waitFor(() => expect(seen).toEqual(['slow with 30000', 'next with 30000']))
  await vi.waitFor(async () => expect(await line.counts()).toEqual({ ready: '0', inFlight: '1' }))
})

it('delivers again, counting, when the function shortens the visibility of what it fails', async () => {
  const line = await queue()
  await line.send('again')
  const receives: string[] = []
  await using _poller = line.poll({
    handler: async ({ Records }) => {
      receives.push(...Records.map((record) => record.attributes.ApproximateReceiveCount))
      if (receives.length === 3) return
      for (const { receiptHandle: ReceiptHandle } of Records) {
        const command = { QueueUrl: line.queueUrl, ReceiptHandle, VisibilityTimeout: 0 }
        await sqs.send(new ChangeMessageVisibilityCommand(command))
      }
      return failing(Records)
    },
  })
  await vi.waitFor(async () => expect(await line.counts()).toEqual(empty))
  expect(receives).toEqual(['1', '2', '3'])
})

it('runs at most as many invocations at once as it was told, each with at most a batch', async () => {
  const line = await queue()
  const bodies = Array.from({ length: 12 }, (_, index) => String(index))
  await line.send(...bodies)
  let running = 0
  let most = 0
  const sizes: number[] = []
  const full = Promise.withResolvers<void>()
  await using _poller = line.poll({
    batchSize: 2,
    concurrency: 3,
    handler: async ({ Records }) => {
      running += 1
      most = Math.max(most, running)
      sizes.push(Records.length)
      if (running === 3) full.resolve()
      await full.promise
      // Long enough for one more to begin, if there were one.
      await line.counts()
      running -= 1
    },
  })
  await vi.waitFor(async () => expect(await line.counts()).toEqual(empty))
  expect(most).toBe(3)
  expect(sizes).toEqual([2, 2, 2, 2, 2, 2])
})

it('stops its waiting at once, but only after the handlers have ended and their messages are deleted', async () => {
  const line = await queue()
  const stuck = Promise.withResolvers<void>()
  const entered = Promise.withResolvers<void>()
  const poller = line.poll({
    handler: async () => {
      entered.resolve()
      await stuck.promise
    },
  })
  await line.send('last')
  await entered.promise
  let stopped = false
  const stopping = poller.stop().then(() => {
    stopped = true
  })
  await line.counts()
  expect(stopped).toBe(false)
  stuck.resolve()
  await stopping
  expect(await line.counts()).toEqual(empty)
})

it('takes no message with it when it stops', async () => {
  const line = await queue()
  const poller = line.poll({ handler: async () => undefined })
  await line.counts()
  await poller.stop()
  await line.send('for the next')
  const receive = { QueueUrl: line.queueUrl, WaitTimeSeconds: 1, MaxNumberOfMessages: 10 }
  const { Messages } = await sqs.send(new ReceiveMessageCommand(receive))
  expect(Messages).toMatchObject([{ Body: 'for the next' }])
})

it('tells that a queue cannot be read, pauses and tries again', async () => {
  const time = handMovedTime()
  const reports: string[] = []
  await using _poller = startPoller({
    sqs,
    time,
    concurrency: 1,
    queueUrl: `${server.url}/000000000000/absent`,
    queueArn: 'arn:aws:sqs:eu-west-1:000000000000:absent',
    handler: async () => undefined,
    report: (message) => reports.push(message),
  })
  await vi.waitFor(() => expect(time.sleeping()).toBe(1))
  expect(reports).toHaveLength(1)
  time.move(1000)
  await vi.waitFor(() => expect(reports).toHaveLength(2))
})
