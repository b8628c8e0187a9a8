// What lies in a queue, taken off it.
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'

/** Takes everything that is visible off a queue, with all its attributes. */
export const takeAll = async (sqs: SQSClient, QueueUrl: string): Promise<readonly Message[]> => {
  const messages: Message[] = []
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
      }),
    )
    if (Messages.length === 0) return messages
    messages.push(...Messages)
    for (const { ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
  }
}
