// The real clients of the AWS SDK, pointed at the stand-ins whatever the user's shell says about AWS.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'

export const REGION = 'eu-west-1'
export const ACCOUNT_ID = '000000000000'

/** The base URL of each stand-in. */
export type Endpoints = {
  readonly sqs: string
  readonly dynamodb: string
  readonly secretsManager: string
  readonly lambda: string
  readonly eventBridge: string
}

export type AwsClients = {
  readonly sqs: SQSClient
  readonly dynamodb: DynamoDBClient
  readonly secretsManager: SecretsManagerClient
  readonly lambda: LambdaClient
}

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' }

/** Every setting that AWS_… variables or a profile could turn elsewhere is given. */
export const CLIENT_SETTINGS = {
  region: REGION,
  credentials: CREDENTIALS,
  maxAttempts: 3,
  retryMode: 'standard',
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
} as const

/** The clients that functions have; the environment is neither asked nor changed. */
export const awsClients = (endpoints: Omit<Endpoints, 'eventBridge'>): AwsClients => {
  const settings = CLIENT_SETTINGS
  return {
    sqs: new SQSClient({ ...settings, endpoint: endpoints.sqs, useQueueUrlAsEndpoint: false }),
    dynamodb: new DynamoDBClient({ ...settings, endpoint: endpoints.dynamodb }),
    secretsManager: new SecretsManagerClient({ ...settings, endpoint: endpoints.secretsManager }),
    // A second try would deliver twice at the same time; what an invocation did not finish is queued.
    lambda: new LambdaClient({ ...settings, endpoint: endpoints.lambda, maxAttempts: 1 }),
  }
}

/** The same as variables, for clients that read their environment; empty ones switch off what the user's shell holds. */
export const awsEnvironment = (endpoints: Endpoints): Record<string, string> => ({
  AWS_ENDPOINT_URL_SQS: endpoints.sqs,
  AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
  AWS_ENDPOINT_URL_LAMBDA: endpoints.lambda,
  AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.eventBridge,
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  AWS_SESSION_TOKEN: '',
  AWS_PROFILE: '',
  AWS_ENDPOINT_URL: '',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
  AWS_USE_FIPS_ENDPOINT: 'false',
  AWS_USE_DUALSTACK_ENDPOINT: 'false',
})
