// Where the queues are: those that the environment names, else those of the local stack that runs on this machine.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import {
  type Environment,
  type RedriveConfig,
  readRedriveConfig,
  StartError,
} from '../../functions/runtime/config.ts'
import { awsClients } from '../local/aws/aws-clients.ts'
import { readPort } from '../local/command/ports.ts'
import { Refusal } from '../local/command/refusal.ts'

export type Connection = Disposable & {
  readonly config: RedriveConfig
  readonly clients: { readonly sqs: SQSClient; readonly secretsManager: SecretsManagerClient }
  /** For the screen. */
  readonly place: string
}

/** Throws a Refusal that says how to name a stack, or what is missing. */
export const connect = async (environment: Environment): Promise<Connection> => {
  if (!environment['PARKED_QUEUE_URL']) return connectLocally(environment)
  const config = configOf(environment)
  // Region and credentials as the SDK finds them by itself.
  return connection(
    config,
    { sqs: new SQSClient(), secretsManager: new SecretsManagerClient() },
    config.PARKED_QUEUE_URL,
  )
}

const localSchema = z.looseObject({
  AWS_ENDPOINT_URL_SQS: z.string(),
  AWS_ENDPOINT_URL_DYNAMODB: z.string(),
  AWS_ENDPOINT_URL_SECRETS_MANAGER: z.string(),
  AWS_ENDPOINT_URL_LAMBDA: z.string(),
})

const connectLocally = async (environment: Environment): Promise<Connection> => {
  const url = `http://127.0.0.1:${readPort(environment, 'PORT')}`
  const answer = await fetch(`${url}/_local/environment`).catch(() => undefined)
  const local = answer?.ok ? localSchema.safeParse(await answer.json()).data : undefined
  if (!local) {
    throw new Refusal(
      `no local stack answers at ${url}: run npm start first, or set PORT to its port; for a deployed stack set ${NAMES}`,
    )
  }
  const clients = awsClients({
    sqs: local.AWS_ENDPOINT_URL_SQS,
    dynamodb: local.AWS_ENDPOINT_URL_DYNAMODB,
    secretsManager: local.AWS_ENDPOINT_URL_SECRETS_MANAGER,
    lambda: local.AWS_ENDPOINT_URL_LAMBDA,
  })
  return connection(
    configOf(z.record(z.string(), z.string()).parse(local)),
    clients,
    `the local stack at ${url}`,
  )
}

const NAMES = 'PARKED_QUEUE_URL, CHANGES_QUEUE_URL, CONSENT_QUEUE_URL and PSEUDONYM_SECRET_ID'

const configOf = (environment: Environment): RedriveConfig => {
  try {
    return readRedriveConfig(environment)
  } catch (error) {
    throw error instanceof StartError ? new Refusal(error.message) : error
  }
}

const connection = (config: RedriveConfig, clients: Connection['clients'], place: string): Connection => ({
  config,
  clients,
  place,
  [Symbol.dispose]: () => {
    clients.sqs.destroy()
    clients.secretsManager.destroy()
  },
})
