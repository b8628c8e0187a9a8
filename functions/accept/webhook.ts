// Edge in: an HTTP request is proven, decoded, put on a queue and answered, in the order the checks are documented.

import type { LambdaClient } from '@aws-sdk/client-lambda'
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { Mappings } from '../change/mapping.ts'
import { type Environment, readAcceptConfig } from '../runtime/config.ts'
import { errorName, type Log } from '../runtime/log.ts'
import type { Metrics } from '../runtime/metrics.ts'
import { createPseudonym } from '../runtime/pseudonym.ts'
import { createSendMessages } from '../runtime/queue.ts'
import { parsePseudonymKey, parseSourceSecrets } from '../runtime/secret-contents.ts'
import { createSecret, SecretError } from '../runtime/secrets.ts'
import type { Time } from '../runtime/time.ts'
import { createAuthenticate } from './authenticate.ts'
import { createDecoding } from './decoding.ts'
import { createEnqueue } from './enqueue.ts'
import { createLogDecoded } from './log-decoded.ts'
import { createMakeDurable } from './make-durable.ts'
import { parseJson } from './parse.ts'
import { readWait } from './prefer.ts'
import { type Reply, reply } from './reply.ts'
import { createDeliverNow } from './wait.ts'

export type WebhookDependencies = {
  readonly environment: Environment
  readonly mappings: Mappings
  readonly clients: {
    readonly sqs: SQSClient
    readonly lambda: LambdaClient
    readonly secretsManager: SecretsManagerClient
  }
  readonly time: Time
  /** A receipt nobody else has. */
  readonly newReceipt: () => string
  readonly log: Log
  readonly metrics: Metrics
}

export type Webhook = (event: APIGatewayProxyEventV2) => Promise<Reply>

/** 1 MiB of raw body. */
const LARGEST_BODY_BYTES = 1024 * 1024

/** The handler behind `ANY /webhooks/{source}` and `GET /health`. Throws at once where its environment or mappings.ts is at fault. */
export const createWebhook = (given: WebhookDependencies): Webhook => {
  const { mappings, clients, time, log, metrics } = given
  const config = readAcceptConfig(given.environment)
  const { decode, ignored } = createDecoding(mappings, config)
  if (ignored.length > 0) log.warn('mapping.ignored', { fields: ignored, dialect: config.CAMPAIGN_DIALECT })

  const secret = <Content>(secretId: string, parse: (text: string) => Content) =>
    createSecret({ client: clients.secretsManager, secretId, parse, time, log })
  const authenticate = createAuthenticate(mappings, secret(config.SOURCES_SECRET_ID, parseSourceSecrets), log)
  const pseudonymKey = secret(config.PSEUDONYM_SECRET_ID, parsePseudonymKey)
  const isObserving = config.MODE === 'observe'
  const logDecoded = createLogDecoded(log, metrics, isObserving)
  const enqueue = createEnqueue({
    makeDurable: createMakeDurable({
      send: createSendMessages(clients.sqs, time, log),
      changesQueueUrl: config.CHANGES_QUEUE_URL,
      consentQueueUrl: config.CONSENT_QUEUE_URL,
      parkedQueueUrl: config.PARKED_QUEUE_URL,
      isObserving,
    }),
    deliverNow: createDeliverNow(clients.lambda, config.DELIVER_NOW_FUNCTION, log),
    time,
  })

  const receive = async (name: string, event: APIGatewayProxyEventV2): Promise<Reply> => {
    const source = await authenticate.find(name)
    if (!source) return reply.unknownSource()
    const { method } = event.requestContext.http
    if (method !== 'POST') return reply.methodNotAllowed('POST')
    const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')
    if (body.length > LARGEST_BODY_BYTES) return reply.tooLarge()
    if (!isJson(event.headers['content-type'])) return reply.mediaType()
    const query = event.rawQueryString === '' ? '' : `?${event.rawQueryString}`
    const url = `${config.PUBLIC_URL}/webhooks/${name}${query}`
    const receivedAt = time.now()
    const proven = await authenticate.prove(source, { method, url, headers: event.headers, body }, receivedAt)
    if (!proven) return reply.notAuthentic()
    const parsed = parseJson(proven)
    if (!parsed) return reply.notJson()

    const sorted = decode(source, parsed.payload, receivedAt)
    if ('refused' in sorted) return reply.invalid(sorted.refused)
    const isAllBad = sorted.rejected.length > 0 && sorted.changes.length + sorted.ignored.length === 0
    if (source.kind.senderReadsAnswer && isAllBad) {
      return reply.invalid(sorted.rejected.flatMap(({ problems }) => problems))
    }
    const answer = await enqueue({
      stamp: { receipt: given.newReceipt(), receivedAt },
      source,
      sorted,
      pseudonym: createPseudonym(await pseudonymKey.read()),
      waitSeconds: source.kind.senderReadsAnswer ? readWait(event.headers['prefer']) : undefined,
    })
    logDecoded({
      source: name,
      isParked: !source.kind.senderReadsAnswer,
      status: answer.reply.statusCode,
      receipt: answer.receipt,
      sorted,
    })
    return answer.reply
  }

  return async (event) => {
    const source = event.pathParameters?.['source']
    if (source === undefined) {
      if (event.rawPath !== '/health') return reply.notFound()
      return event.requestContext.http.method === 'GET' ? reply.healthy() : reply.methodNotAllowed('GET')
    }
    try {
      const answer = await receive(source, event)
      // The name comes from whoever called, so it is not repeated.
      if (answer.statusCode !== undefined && answer.statusCode >= 400) {
        log.info('delivery.refused', { status: answer.statusCode })
      }
      return answer
    } catch (error) {
      if (!(error instanceof SecretError)) throw error
      metrics.add('SecretUnavailable', 1)
      log.error('secret.unavailable', { code: error.code, cause: errorName(error.cause) })
      return reply.tryAgain('the secrets cannot be read just now')
    }
  }
}

/** JSON is application/json, a type ending in +json, or no media type at all; parameters do not matter. */
const isJson = (contentType: string | undefined): boolean => {
  const mediaType = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return mediaType === '' || mediaType === 'application/json' || /^[^\s/]+\/[^\s/]+\+json$/.test(mediaType)
}
