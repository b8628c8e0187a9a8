// What Lambda loads behind the two queues of changes, and once more as `deliver-now`.
import { randomUUID } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { mappings } from '../change/mappings.ts'
import { createDeliver } from '../deliver/deliver.ts'
import { createLambdaLog } from '../runtime/lambda-log.ts'
import { createLambdaMetrics } from '../runtime/lambda-metrics.ts'
import { realTime } from '../runtime/time.ts'

const metrics = createLambdaMetrics('deliver')

export const handler = metrics.writtenAfter(
  createDeliver({
    environment: process.env,
    mappings,
    clients: {
      sqs: new SQSClient(),
      dynamodb: new DynamoDBClient(),
      secretsManager: new SecretsManagerClient(),
    },
    time: realTime,
    random: Math.random,
    newOwner: randomUUID,
    log: createLambdaLog('deliver'),
    metrics,
  }),
)
