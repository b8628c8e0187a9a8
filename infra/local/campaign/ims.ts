// Adobe IMS, the OAuth server-to-server part: /ims/token/v3 and the older /v2 of @adobe/aio-lib-ims.
// Fields, answers and invalid_client texts: Adobe developer console, IMS reference; other errors are inferred.
import { type CampaignRequest, type HttpAnswer, jsonAnswer } from './answer.ts'
import type { Credentials } from './instance.ts'
import type { Tokens } from './tokens.ts'

const tokenPath = /^\/ims\/token\/v[23]\/?(?:\?(?<query>.*))?$/s

export const isImsPath = (path: string) => path.startsWith('/ims/')

const refuse = (error: string, description: string) =>
  jsonAnswer(400, { error, error_description: description })

const FORM = 'application/x-www-form-urlencoded'

/** v3 is sent as a form, v2 as multipart; parameters may stand in the query too. */
const readFields = async ({ headers, body }: CampaignRequest, query: string) => {
  const fields = new Map<string, string>(new URLSearchParams(query))
  const type = headers['content-type'] ?? FORM
  if (type.startsWith(FORM)) {
    for (const [name, value] of new URLSearchParams(body.toString())) fields.set(name, value)
    return fields
  }
  try {
    const bytes = typeof body === 'string' ? body : new Uint8Array(body)
    const form = await new Response(bytes, { headers: { 'content-type': type } }).formData()
    for (const [name, value] of form) if (typeof value === 'string') fields.set(name, value)
  } catch {
    // Not a form: the missing fields are refused by name.
  }
  return fields
}

export const answerIms = async (
  request: CampaignRequest,
  credentials: Credentials,
  tokens: Tokens,
  tokenSeconds: number,
): Promise<HttpAnswer> => {
  const match = tokenPath.exec(request.path)
  if (!match || request.method !== 'POST') return jsonAnswer(404, { error: 'not_found' })
  const fields = await readFields(request, match.groups?.['query'] ?? '')
  if (fields.get('grant_type') !== 'client_credentials') {
    return refuse('unsupported_grant_type', 'invalid grant_type parameter')
  }
  if (fields.get('client_id') !== credentials.clientId) {
    return refuse('invalid_client', 'invalid client_id parameter')
  }
  if (fields.get('client_secret') !== credentials.clientSecret) {
    return refuse('invalid_client', 'invalid client_secret parameter')
  }
  const scope = fields.get('scope') ?? ''
  if (scope.trim() === '') return refuse('invalid_scope', 'invalid scope parameter')
  return jsonAnswer(200, {
    access_token: tokens.issue(credentials.clientId, scope, tokenSeconds),
    token_type: 'bearer',
    expires_in: tokenSeconds,
  })
}
