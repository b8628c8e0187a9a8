// SQS on one machine: fauxqs inside this process.
import { buildApp } from 'fauxqs'
import * as z from 'zod'
import type { Listening } from './listen.ts'

export type SqsStandIn = Listening & {
  /** How many messages each queue holds, in flight and delayed ones included. */
  readonly sizes: () => Promise<Map<string, number>>
  /** The bodies of all those messages of one queue, which are not disturbed by it. */
  readonly bodies: (queueName: string) => Promise<string[]>
}

const receivedSchema = z.object({ Messages: z.array(z.object({ ReceiptHandle: z.string() })).optional() })
const polledSchema = z.object({ QueueUrl: z.string() })

const sizesSchema = z.array(
  z.object({
    name: z.string(),
    approximateMessageCount: z.number(),
    approximateInflightCount: z.number(),
    approximateDelayedCount: z.number(),
  }),
)
const messageSchema = z.object({ body: z.string() })
const inspectedSchema = z.object({
  messages: z.object({
    ready: z.array(messageSchema),
    delayed: z.array(messageSchema),
    inflight: z.array(z.object({ message: messageSchema })),
  }),
})

/** Starts without queues on a free port of this machine (fauxqs's own start listens on every address of it). */
export const startSqs = async (): Promise<SqsStandIn> => {
  const app = buildApp({ logger: false })

  // fauxqs goes on waiting for a poller that has left and takes a message for it, which would be gone for a visibility time-out.
  app.addHook('onSend', async (request, _reply, payload) => {
    const isReceive = request.headers['x-amz-target'] === 'AmazonSQS.ReceiveMessage'
    if (!isReceive || request.raw.socket.readyState === 'open') return
    const { QueueUrl } = polledSchema.parse(request.body)
    const { Messages = [] } = receivedSchema.parse(JSON.parse(String(payload)))
    for (const { ReceiptHandle } of Messages) {
      await app.inject({
        method: 'POST',
        url: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'AmazonSQS.ChangeMessageVisibility',
        },
        payload: JSON.stringify({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
      })
    }
  })

  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const ask = async (path: string): Promise<unknown> =>
    (await app.inject({ method: 'GET', url: path })).json()
  const sizes = async () => {
    const queues = sizesSchema.parse(await ask('/_fauxqs/queues'))
    return new Map(
      queues.map((queue) => [
        queue.name,
        queue.approximateMessageCount + queue.approximateInflightCount + queue.approximateDelayedCount,
      ]),
    )
  }
  const bodies = async (queueName: string) => {
    const { ready, delayed, inflight } = inspectedSchema.parse(
      await ask(`/_fauxqs/queues/${queueName}`),
    ).messages
    return [...ready, ...delayed, ...inflight.map((entry) => entry.message)].map((message) => message.body)
  }
  const close = async () => {
    await app.close()
  }
  return { url, port: Number(new URL(url).port), close, sizes, bodies }
}
