// The other ends of a simulation's queues: accept, which fills them, and the mover, which brings back what waited.
import type { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { SQSRecord } from 'aws-lambda'
import { createWebhook } from '../../functions/accept/webhook.ts'
import { kind as direct } from '../../functions/change/sources/direct.ts'
import { kind as hubspot } from '../../functions/change/sources/hubspot.ts'
import type { Deliver } from '../../functions/deliver/deliver.ts'
import { INVOCATION_MILLISECONDS } from '../../functions/deliver/invocation.ts'
import { createMover, type Mover } from '../../functions/deliver/mover.ts'
import type { Environment } from '../../functions/runtime/config.ts'
import { localCredentials } from '../../infra/local/credentials.ts'
import { signHeaders } from '../../infra/local/sign.ts'
import { type Around, inMemorySecrets, inMemorySqs, messagesIn } from './in-memory-aws.ts'
import { mappings } from './mappings.ts'
import { aQueuedRecord } from './records.ts'
import { PSEUDONYM_KEY, QUEUES, type Simulation } from './simulation.ts'

const kinds = { direct, hubspot }
const ORIGIN = 'http://webhooks.test'

/** Posts a body, signed as the source signs it, and answers the status and what was accepted. */
export type Post = (
  source: keyof typeof kinds,
  body: object,
  headers?: Record<string, string>,
) => Promise<{ readonly status: number; readonly body: Record<string, unknown> }>

let receipts = 0

export type AcceptOptions = {
  /** Where accept reads its secrets; those of the local stack unless given. */
  readonly secretsManager?: SecretsManagerClient
  /** What a sender signs with, and how far its clock is ahead. */
  readonly secretOf?: (source: keyof typeof kinds) => string
  readonly aheadOf?: (source: keyof typeof kinds) => number
  readonly environment?: Environment
}

/** Accept, around whose calls a test may do what it likes; `deliverNow` works what a sender waits for. */
export const startAccept = (
  simulation: Simulation,
  around: Around,
  deliverNow: Deliver,
  {
    secretsManager = inMemorySecrets({
      sources: JSON.stringify(localCredentials.sources),
      pseudonym: PSEUDONYM_KEY,
    }),
    secretOf = (source) => localCredentials.sources[source]?.[0] ?? '',
    aheadOf = () => 0,
    environment = {},
  }: AcceptOptions = {},
): Post => {
  const { time, log, metrics, queue } = simulation
  const invoke = async ({ input }: InvokeCommand) => {
    const payload = JSON.parse(String(input.Payload))
    const startedAt = time.now()
    const remaining = () => INVOCATION_MILLISECONDS - (time.now() - startedAt)
    const answer = JSON.stringify(await deliverNow(payload, { getRemainingTimeInMillis: remaining }))
    return { Payload: { transformToString: () => answer } }
  }
  const lambda = { send: (command: InvokeCommand) => around(() => invoke(command)) }
  const webhook = createWebhook({
    environment: {
      ...QUEUES,
      SOURCES_SECRET_ID: 'sources',
      PSEUDONYM_SECRET_ID: 'pseudonym',
      DELIVER_NOW_FUNCTION: 'deliver-now',
      PUBLIC_URL: ORIGIN,
      BUSINESS_KEY: 'cusCrmId',
      ...environment,
    },
    mappings,
    clients: {
      sqs: inMemorySqs(queue, around, time.now, () => false),
      lambda: lambda as unknown as LambdaClient,
      secretsManager,
    },
    time,
    newReceipt: () => {
      receipts += 1
      return `receipt-${receipts}`
    },
    log,
    metrics,
  })
  return async (source, content, headers = {}) => {
    const body = JSON.stringify(content)
    const path = `/webhooks/${source}`
    const posted = { method: 'POST', url: ORIGIN + path, body }
    const answer = await webhook({
      version: '2.0',
      routeKey: 'ANY /webhooks/{source}',
      pathParameters: { source },
      rawPath: path,
      rawQueryString: '',
      headers: {
        'content-type': 'application/json',
        ...signHeaders(kinds[source].scheme, secretOf(source), posted, time.now() + aheadOf(source)),
        ...headers,
      },
      requestContext: {
        accountId: '',
        apiId: '',
        domainName: '',
        domainPrefix: '',
        http: { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '', userAgent: '' },
        requestId: '',
        routeKey: '',
        stage: '',
        time: '',
        timeEpoch: time.now(),
      },
      body,
      isBase64Encoded: false,
    })
    return { status: answer.statusCode ?? 0, body: JSON.parse(answer.body ?? '{}') }
  }
}

/** The mover, around whose calls a test may do what it likes. */
export const startMover = ({ queue, time, log }: Simulation, around: Around): (() => ReturnType<Mover>) => {
  const sqs = inMemorySqs(queue, around, time.now, () => false)
  const mover = createMover({ environment: QUEUES, clients: { sqs }, time, log })
  return () => mover({}, { getRemainingTimeInMillis: () => INVOCATION_MILLISECONDS })
}

/** Everything that was ever put on the changes queue, as SQS hands it out. */
export const queuedChanges = ({ queue }: Simulation): readonly SQSRecord[] =>
  messagesIn(queue, QUEUES.CHANGES_QUEUE_URL).map(aQueuedRecord)
