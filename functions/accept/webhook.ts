// Edge in: an HTTP request is proven, decoded, put on a queue and answered, in the order the checks are documented.

import type { LambdaClient } from '@aws-sdk/client-lambda'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { type Environment, readWebhookConfig } from '../runtime/config.ts'
import { parseSourceSecrets } from '../runtime/secret-contents.ts'
import { SecretError } from '../runtime/secrets.ts'
import { createAnswer } from './answer.ts'
import { type AcceptGiven, assembleAccept } from './assemble.ts'
import { createAuthenticate } from './authenticate.ts'
import { parseJson } from './parse.ts'
import { readWait } from './prefer.ts'
import { type Reply, reply } from './reply.ts'
import { createDeliverNow } from './wait.ts'

export type WebhookDependencies = AcceptGiven & {
  readonly environment: Environment
  readonly clients: { readonly lambda: LambdaClient }
  /** A receipt nobody else has. */
  readonly newReceipt: () => string
}

export type Webhook = (event: APIGatewayProxyEventV2) => Promise<Reply>

/** 1 MiB of raw body. */
const LARGEST_BODY_BYTES = 1024 * 1024

/** The handler behind `ANY /webhooks/{source}` and `GET /health`. Throws at once where its environment or mappings.ts is at fault. */
export const createWebhook = (given: WebhookDependencies): Webhook => {
  const { clients, time, log } = given
  const config = readWebhookConfig(given.environment)
  const parts = assembleAccept(config, given)
  const { mappings, decode, ignored, makeDurable } = parts
  if (ignored.length > 0) log.warn('mapping.ignored', { fields: ignored, dialect: config.CAMPAIGN_DIALECT })

  const sourceSecrets = parts.secretOf(config.SOURCES_SECRET_ID, parseSourceSecrets)
  const authenticate = createAuthenticate(mappings, sourceSecrets, log)
  const deliverNow = createDeliverNow(clients.lambda, config.DELIVER_NOW_FUNCTION, log)
  const answer = createAnswer({ makeDurable, deliverNow, time })

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
    const { reply: answered, receipt } = await answer({
      stamp: { receipt: given.newReceipt(), receivedAt },
      source,
      sorted,
      text: body.toString(),
      pseudonym: await parts.readPseudonym(),
      waitSeconds: source.kind.senderReadsAnswer ? readWait(event.headers['prefer']) : undefined,
    })
    parts.logDecoded({
      source: name,
      isParked: !source.kind.senderReadsAnswer,
      status: answered.statusCode,
      receipt,
      sorted,
    })
    return answered
  }

  return async (event) => {
    const source = event.pathParameters?.['source']
    if (source === undefined) {
      if (event.rawPath !== '/health') return reply.notFound()
      return event.requestContext.http.method === 'GET' ? reply.healthy() : reply.methodNotAllowed('GET')
    }
    try {
      const answered = await receive(source, event)
      // The name comes from whoever called, so it is not repeated.
      if (answered.statusCode !== undefined && answered.statusCode >= 400) {
        log.info('delivery.refused', { status: answered.statusCode })
      }
      return answered
    } catch (error) {
      if (!(error instanceof SecretError)) throw error
      parts.tellUnavailable(error)
      return reply.tryAgain('the secrets cannot be read just now')
    }
  }
}

/** JSON is application/json, a type ending in +json, or no media type at all; parameters do not matter. */
const isJson = (contentType: string | undefined): boolean => {
  const mediaType = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return mediaType === '' || mediaType === 'application/json' || /^[^\s/]+\/[^\s/]+\+json$/.test(mediaType)
}
