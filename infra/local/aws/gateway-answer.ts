// The second half of the gateway: what a function returned becomes an HTTP answer.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
import * as z from 'zod'

export type HttpAnswer = {
  readonly statusCode: number
  readonly headers: Record<string, string | string[]>
  readonly body: string | Buffer
}

const structuredSchema = z.object({
  statusCode: z.coerce.number().int().min(200).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
})

// The gateway frames the answer itself.
const FRAMING = new Set(['connection', 'content-length', 'transfer-encoding'])

/** An answer of the gateway's own, in AWS's words. */
export const gatewayMessage = (statusCode: number, message: string): HttpAnswer =>
  jsonAnswer(statusCode, { message })

/** An answer whose body is `value` as JSON. */
export const jsonAnswer = (statusCode: number, value: unknown): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

/** The answer for a function's `payload`. Without a `statusCode` all of it is the body of a 200; a malformed one is a 500. */
export const gatewayAnswer = (payload: unknown): HttpAnswer => {
  if (typeof payload === 'string') return { ...jsonAnswer(200, null), body: payload }
  if (typeof payload !== 'object' || payload === null || !('statusCode' in payload))
    return jsonAnswer(200, payload)
  const structured = structuredSchema.safeParse(payload)
  if (!structured.success) return gatewayMessage(500, 'Internal Server Error')
  const { statusCode, headers, cookies, body, isBase64Encoded } = structured.data
  const given = Object.entries(headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  )
  return {
    statusCode,
    headers: {
      ...(body && { 'content-type': 'text/plain; charset=utf-8' }),
      ...Object.fromEntries(given.filter(([name]) => !FRAMING.has(name))),
      ...(cookies && { 'set-cookie': cookies }),
    },
    body: isBase64Encoded ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  }
}
