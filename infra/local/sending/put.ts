// Plays a sender that signs nothing: puts a body on the local bus as the detail of an event, or straight into the inbox.
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { awsClients } from '../aws/aws-clients.ts'
import { eventBridgeClient } from '../aws/eventbridge-client.ts'
import { Refusal } from '../command/refusal.ts'

const localSchema = z.object({
  AWS_ENDPOINT_URL_SQS: z.string(),
  AWS_ENDPOINT_URL_DYNAMODB: z.string(),
  AWS_ENDPOINT_URL_SECRETS_MANAGER: z.string(),
  AWS_ENDPOINT_URL_LAMBDA: z.string(),
  AWS_ENDPOINT_URL_EVENTBRIDGE: z.string(),
  EVENT_BUS_NAME: z.string(),
  INBOX_QUEUE_URL: z.string(),
})

export type Put = {
  /** What was asked of whom. */
  readonly call: string
  /** What AWS calls it now, or why it was not taken. */
  readonly id: string | undefined
  readonly fault: string | undefined
}

/**
 * Puts one event where `sender` (its `source`) is given, else a message of the source `name`. Rejects as `fetch` does where
 * nobody answers, with a Refusal where no local stack does.
 */
export const put = async (
  gatewayUrl: string,
  {
    name,
    sender,
    body,
  }: { readonly name: string; readonly sender: string | undefined; readonly body: string },
): Promise<Put> => {
  const answer = await fetch(`${gatewayUrl}/_local/environment`)
  const local = answer.ok ? localSchema.safeParse(await answer.json()).data : undefined
  if (!local)
    throw new Refusal(`${gatewayUrl} is no local stack, and only that has a bus for ${name} to send on`)
  return sender === undefined ? putMessage(local, name, body) : putEvent(local, sender, body)
}

type Local = z.infer<typeof localSchema>

const putEvent = async (local: Local, Source: string, Detail: string): Promise<Put> => {
  const { EVENT_BUS_NAME: EventBusName } = local
  const client = eventBridgeClient(local.AWS_ENDPOINT_URL_EVENTBRIDGE)
  const entry = { EventBusName, Source, DetailType: 'contact.updated', Detail }
  const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }))
  client.destroy()
  const [{ EventId, ErrorCode, ErrorMessage } = {}] = Entries
  const fault = ErrorCode && `${ErrorCode}: ${ErrorMessage}`
  return { call: `PutEvents ${Source} → ${EventBusName}`, id: EventId, fault }
}

const putMessage = async (local: Local, name: string, MessageBody: string): Promise<Put> => {
  const { sqs, ...others } = awsClients({
    sqs: local.AWS_ENDPOINT_URL_SQS,
    dynamodb: local.AWS_ENDPOINT_URL_DYNAMODB,
    secretsManager: local.AWS_ENDPOINT_URL_SECRETS_MANAGER,
    lambda: local.AWS_ENDPOINT_URL_LAMBDA,
  })
  const { MessageId } = await sqs.send(
    new SendMessageCommand({
      QueueUrl: local.INBOX_QUEUE_URL,
      MessageBody,
      MessageAttributes: { source: { DataType: 'String', StringValue: name } },
    }),
  )
  for (const client of [sqs, ...Object.values(others)]) client.destroy()
  return { call: `SendMessage ${name} → inbox`, id: MessageId, fault: undefined }
}
