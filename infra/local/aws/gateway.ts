// API Gateway on one machine: an HTTP API in front of one function, and a window on the queues that only exists locally.
import { createServer, type IncomingMessage } from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { realTime, type Time } from '../../../functions/runtime/time.ts'
import { limits } from '../../limits.ts'
import { gatewayAnswer, gatewayMessage, type HttpAnswer, jsonAnswer } from './gateway-answer.ts'
import { gatewayEvent } from './gateway-event.ts'
import { type Listening, listen } from './listen.ts'
import { readBody } from './read-body.ts'
import { type LambdaHandler, type Report, reportOnStandardError, runFunction } from './run-function.ts'

/** API Gateway refuses larger bodies by itself; the webhook refuses earlier, at 1 MiB. */
export const GATEWAY_BODY_BYTES = 10 * 1024 * 1024

export type GatewaySettings = {
  /** 0 takes any free port. */
  readonly port: number
  readonly host?: string
  /** Gets every request but those below; its own 404 and 405 are the answers to unknown paths and methods. */
  readonly handler: LambdaHandler<APIGatewayProxyEventV2>
  /** While it says false, `GET /health` answers 503. */
  readonly isReady?: () => boolean
  /** What `GET /_local/queues` answers. */
  readonly queueCounts?: () => Promise<unknown>
  /** What `GET /_local/environment` answers: where other programs of this machine find the queues. */
  readonly environment?: Readonly<Record<string, string>>
  readonly functionTimeoutMilliseconds?: number
  readonly time?: Time
  readonly report?: Report
}

/** A gateway that listens; `close` cuts every connection at once. */
export type Gateway = Listening & AsyncDisposable

/** Starts the gateway. Rejects with node's own error when the port is in use (`code: 'EADDRINUSE'`). */
export const startGateway = async (settings: GatewaySettings): Promise<Gateway> => {
  const {
    port,
    host,
    handler,
    isReady = () => true,
    queueCounts,
    environment,
    functionTimeoutMilliseconds: timeoutMilliseconds = limits.acceptTimeoutSeconds * 1000,
    time = realTime,
    report = reportOnStandardError,
  } = settings

  const answerTo = async (request: IncomingMessage): Promise<HttpAnswer> => {
    const body = await readBody(request, GATEWAY_BODY_BYTES)
    if (body === undefined) return gatewayMessage(413, 'Request Entity Too Large')
    const event = gatewayEvent(request, body, time.now())
    if (event === undefined) return gatewayMessage(400, 'Bad Request')
    const asked = `${request.method} ${event.rawPath}`
    if (asked === 'GET /health' && !isReady()) return jsonAnswer(503, { status: 'starting' })
    if (asked === 'GET /_local/queues' && queueCounts) return jsonAnswer(200, await queueCounts())
    if (asked === 'GET /_local/environment' && environment) return jsonAnswer(200, environment)
    const run = await runFunction(handler, event, { name: 'webhook', timeoutMilliseconds, time, report })
    return run.failed ? gatewayMessage(500, 'Internal Server Error') : gatewayAnswer(JSON.parse(run.payload))
  }

  const server = createServer(async (request, response) => {
    try {
      const { statusCode, headers, body } = await answerTo(request)
      response.writeHead(statusCode, headers).end(body)
    } catch (cause) {
      if (request.destroyed && !request.complete) return
      report('the gateway failed', cause)
      const { statusCode, headers, body } = gatewayMessage(500, 'Internal Server Error')
      response.writeHead(statusCode, headers).end(body)
    }
  })
  const listening = await listen(server, port, host)
  return { ...listening, [Symbol.asyncDispose]: listening.close }
}
