// Every answer a sender can get, in one place. A problem (RFC 9457) says what is allowed and never repeats a value.
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { FinalOutcome } from '../change/outcome.ts'
import type { Problem } from '../change/read/problem.ts'

export type Reply = APIGatewayProxyStructuredResultV2

/** One entry per event of the body that was refused; `index` is its place. */
export type Rejected = Problem & { readonly index: number }

/** How one waited-for change ended; `queued` where it has not. */
export type Result = { readonly id: string } & (FinalOutcome | { readonly outcome: 'queued' })

export type Receipt = {
  readonly accepted: number
  readonly ignored: number
  readonly rejected: readonly Rejected[]
  readonly receipt: string
}

const json = (statusCode: number, body: unknown, headers: Record<string, string> = {}): Reply => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

const problem = (
  status: number,
  title: string,
  detail: string,
  more: { readonly errors?: readonly Pick<Problem, 'pointer' | 'detail'>[] } = {},
  headers: Record<string, string> = {},
): Reply => ({
  statusCode: status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: JSON.stringify({ type: 'about:blank', title, status, detail, ...more }),
})

/** How long a sender should stay away when we could not take everything. */
const RETRY_AFTER_SECONDS = '5'

export const reply = {
  healthy: (): Reply => json(200, { status: 'ok' }),
  accepted: (receipt: Receipt): Reply => json(202, receipt),
  /** 200 when everything finished, 202 when something is still on its way. */
  waited: (receipt: Receipt, results: readonly Result[], seconds: number): Reply =>
    json(
      results.some(({ outcome }) => outcome === 'queued') ? 202 : 200,
      { ...receipt, results },
      { 'preference-applied': `wait=${seconds}` },
    ),
  notJson: (): Reply => problem(400, 'Bad Request', 'the body is not JSON in UTF-8'),
  notAuthentic: (): Reply =>
    problem(
      401,
      'Unauthorized',
      'the signature is missing, wrong or more than five minutes old or ahead',
      {},
      {
        'www-authenticate': 'Signature',
      },
    ),
  unknownSource: (): Reply => problem(404, 'Not Found', 'no source of this name is configured'),
  notFound: (): Reply => problem(404, 'Not Found', 'there is /health and /webhooks/{source}'),
  methodNotAllowed: (allow: string): Reply =>
    problem(405, 'Method Not Allowed', `only ${allow} is allowed here`, {}, { allow }),
  tooLarge: (): Reply => problem(413, 'Content Too Large', 'a body has at most 1 MiB (1048576 bytes)'),
  mediaType: (): Reply =>
    problem(415, 'Unsupported Media Type', 'send application/json, a type ending in +json, or none'),
  invalid: (problems: readonly Problem[]): Reply =>
    problem(422, 'Unprocessable Content', 'no change in the body is valid, nothing was queued', {
      errors: problems.map(({ pointer, detail }) => ({ pointer, detail })),
    }),
  tryAgain: (detail: string): Reply =>
    problem(
      503,
      'Service Unavailable',
      `${detail}: send it again`,
      {},
      { 'retry-after': RETRY_AFTER_SECONDS },
    ),
}
