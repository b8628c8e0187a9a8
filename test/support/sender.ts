// A sender in front of the real local stack: signs as its kind does, posts over HTTP, reads the answer.
import { kind as direct } from '../../functions/change/sources/direct.ts'
import { kind as hubspot } from '../../functions/change/sources/hubspot.ts'
import { localCredentials } from '../../infra/local/credentials.ts'
import { signHeaders } from '../../infra/local/sign.ts'

const kinds = { direct, hubspot }
export type SourceName = keyof typeof kinds

export type Posted = {
  /** JSON is made of anything but text. */
  readonly body: unknown
  readonly headers?: Record<string, string> | undefined
  readonly secret?: string | undefined
  /** When the sender says it signs, epoch milliseconds. */
  readonly at?: number
  readonly query?: string
  readonly method?: string
}

export type Answer = {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: answers are asserted, not typed
  readonly body: any
}

export const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body))

/** The first secret that the local stack has for a source. */
export const secretOf = (source: SourceName): string => localCredentials.sources[source]?.[0] ?? ''

/** The headers that prove a body to come from the source. */
export const proofOf = (
  url: string,
  source: SourceName,
  { body, secret, at = Date.now(), method = 'POST' }: Posted,
) => signHeaders(kinds[source].scheme, secret ?? secretOf(source), { method, url, body: textOf(body) }, at)

export const read = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  const { status, headers } = response
  return { status, headers, body: text === '' ? undefined : JSON.parse(text) }
}

/** Posts a body as the source would, to a gateway at `base`. */
export const post = async (base: string, source: SourceName, posted: Posted): Promise<Answer> => {
  const url = `${base}/webhooks/${source}${posted.query ?? ''}`
  const headers = {
    'content-type': 'application/json',
    ...proofOf(url, source, posted),
    ...posted.headers,
  }
  return read(await fetch(url, { method: posted.method ?? 'POST', headers, body: textOf(posted.body) }))
}
