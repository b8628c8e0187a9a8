// What lies in a queue of the stand-ins, as a poller would get it; it stays hidden for the queue's visibility time-out.
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import type { Delivery } from './delivery.ts'

/** At most ten messages with all their attributes, bodies read. */
export const received = async ({ standIns }: Delivery, queue: 'changes' | 'waiting' | 'parked') => {
  const { Messages = [] } = await standIns.clients().sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: standIns.queues[queue].url,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 0,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  )
  return Messages.map(({ Body = '{}', ...rest }) => ({ ...rest, body: JSON.parse(Body) }))
}
