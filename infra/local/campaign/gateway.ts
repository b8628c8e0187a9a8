// Adobe's API gateway in front of Campaign: who may pass, in this order (the order is inferred).
// Bodies: AdobeDocs campaign-standard.en troubleshooting; adobe-apiplatform/api-gateway-request-validation.
import { randomUUID } from 'node:crypto'
import { type CampaignRequest, type HttpAnswer, jsonAnswer } from './answer.ts'
import type { Credentials } from './instance.ts'
import type { Throttle } from './throttle.ts'
import type { Tokens } from './tokens.ts'

export const gatewayError = (
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
) => jsonAnswer(status, { error_code: code, message }, { 'x-request-id': randomUUID(), ...headers })

/** The other family of gateway bodies: `code` is a number there. */
export const oops = (status: number) =>
  jsonAnswer(
    status,
    { code: status, message: 'Oops. Something went wrong. Check your URI and try again.' },
    { 'x-request-id': randomUUID() },
  )

export const tooManyRequests = (retryAfter: number | undefined) =>
  gatewayError(
    429,
    '429050',
    'Too many requests',
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  )

export const invalidToken = () => gatewayError(401, '401013', 'Oauth token is not valid')
export const invalidProfile = () => gatewayError(403, '403023', 'Profile is not valid')

/** Undefined lets the call through. The stage instance exists too, but tokens are not granted for it. */
export const refuseAtGateway = (
  { headers }: CampaignRequest,
  organization: string | undefined,
  credentials: Credentials,
  tokens: Tokens,
  throttle: Throttle,
): HttpAnswer | undefined => {
  const key = headers['x-api-key']
  if (!key) return gatewayError(403, '403000', 'Api Key is required')
  if (key !== credentials.clientId) return gatewayError(403, '403003', 'Api Key is invalid')
  const token = /^Bearer +(\S+)$/i.exec(headers['authorization'] ?? '')?.[1]
  if (!token) return gatewayError(403, '403010', 'Oauth token is missing.')
  if (!tokens.isValid(token)) return invalidToken()
  if (organization === `${credentials.organization}-mkt-stage`) return invalidProfile()
  if (organization !== credentials.organization) return oops(500)
  const waitSeconds = throttle.take()
  return waitSeconds === undefined ? undefined : tooManyRequests(waitSeconds)
}
