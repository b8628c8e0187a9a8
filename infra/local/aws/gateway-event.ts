// The first half of the gateway: a request of node:http becomes the event that a Lambda function is given (payload format 2.0).
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { ACCOUNT_ID } from './aws-clients.ts'

// What API Gateway takes for text was found out on AWS, its pages do not say: https://github.com/ministackorg/ministack/pull/766
const TEXTUAL = /^(text\/.*|application\/(json|javascript|xml))$/

/** The event for one request whose body has been read; undefined where the path cannot be decoded. `now` is epoch milliseconds. */
export const gatewayEvent = (
  request: IncomingMessage,
  body: Buffer,
  now: number,
): APIGatewayProxyEventV2 | undefined => {
  const { method = 'GET', url = '/', headers } = request
  const [encodedPath = '/', ...query] = url.split('?')
  const rawQueryString = query.join('?')
  const rawPath = decoded(encodedPath)
  if (rawPath === undefined) return undefined
  const matched = route(method, encodedPath)
  const domainName = (headers.host ?? '').replace(/:\d+$/, '')
  return {
    version: '2.0',
    ...matched,
    rawPath,
    rawQueryString,
    ...headersAndCookies(request.headersDistinct),
    ...queryParameters(rawQueryString),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: 'local',
      domainName,
      domainPrefix: domainName.split('.')[0] ?? '',
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: matched.routeKey,
      stage: '$default',
      time: logTime(now),
      timeEpoch: now,
    },
    ...bodyFields(body, headers['content-type']),
  }
}

const route = (method: string, path: string) => {
  const source = /^\/webhooks\/([^/]+)$/.exec(path)?.[1]
  if (source !== undefined) {
    return { routeKey: 'ANY /webhooks/{source}', pathParameters: { source: decoded(source) ?? source } }
  }
  return { routeKey: method === 'GET' && path === '/health' ? 'GET /health' : '$default' }
}

// Cookies leave the headers for a field of their own.
const headersAndCookies = ({ cookie, ...headers }: NodeJS.Dict<string[]>) => ({
  headers: Object.fromEntries(Object.entries(headers).map(([name, values = []]) => [name, values.join(',')])),
  ...(cookie && { cookies: cookie.flatMap((line) => line.split(/; */)) }),
})

const queryParameters = (rawQueryString: string) => {
  if (rawQueryString === '') return {}
  const query = new URLSearchParams(rawQueryString)
  const joined = [...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')])
  return { queryStringParameters: Object.fromEntries(joined) }
}

const bodyFields = (body: Buffer, contentType: string | undefined) => {
  if (body.length === 0) return { isBase64Encoded: false }
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  const isText = TEXTUAL.test(mediaType) && isUtf8(body)
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText }
}

// As in an access log: 12/Mar/2020:19:03:58 +0000.
const logTime = (now: number): string => {
  const [, day, month, year, time] = new Date(now).toUTCString().split(/,? /)
  return `${day}/${month}/${year}:${time} +0000`
}

const decoded = (encoded: string): string | undefined => {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}
