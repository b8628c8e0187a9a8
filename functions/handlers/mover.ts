// What Lambda loads behind the schedule of the waiting queue.
import { SQSClient } from '@aws-sdk/client-sqs'
import { createMover } from '../deliver/mover.ts'
import { createLambdaLog } from '../runtime/lambda-log.ts'
import { realTime } from '../runtime/time.ts'

export const handler = createMover({
  environment: process.env,
  clients: { sqs: new SQSClient() },
  time: realTime,
  log: createLambdaLog('mover'),
})
