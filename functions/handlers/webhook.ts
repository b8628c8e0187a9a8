// What Lambda loads behind the HTTP API.
import { randomUUID } from 'node:crypto'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { createWebhook } from '../accept/webhook.ts'
import { mappings } from '../change/mappings.ts'
import { createLambdaLog } from '../runtime/lambda-log.ts'
import { createLambdaMetrics } from '../runtime/lambda-metrics.ts'
import { realTime } from '../runtime/time.ts'

const metrics = createLambdaMetrics('accept')

export const handler = metrics.writtenAfter(
  createWebhook({
    environment: process.env,
    mappings,
    clients: {
      sqs: new SQSClient(),
      // A second try would deliver twice at the same time; what an invocation did not finish is queued.
      lambda: new LambdaClient({ maxAttempts: 1 }),
      secretsManager: new SecretsManagerClient(),
    },
    time: realTime,
    newReceipt: randomUUID,
    log: createLambdaLog('accept'),
    metrics,
  }),
)
