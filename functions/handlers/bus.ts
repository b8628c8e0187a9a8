// What Lambda loads behind the inbox.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { createBus } from '../accept/bus.ts'
import { mappings } from '../change/mappings.ts'
import { createLambdaLog } from '../runtime/lambda-log.ts'
import { createLambdaMetrics } from '../runtime/lambda-metrics.ts'
import { realTime } from '../runtime/time.ts'

const metrics = createLambdaMetrics('accept')

export const handler = metrics.writtenAfter(
  createBus({
    environment: process.env,
    mappings,
    clients: { sqs: new SQSClient(), secretsManager: new SecretsManagerClient() },
    time: realTime,
    log: createLambdaLog('accept'),
    metrics,
  }),
)
