// Signs a delivery as the source's vendor would, for the people and tests that play the vendor.
import { createHmac, randomUUID } from 'node:crypto'
import type { SignatureScheme } from '../../functions/change/signature-scheme.ts'

export type Unsigned = { readonly method: string; readonly url: string; readonly body: string | Uint8Array }

/** The headers that prove `unsigned` under the scheme; `now` is epoch milliseconds. */
export const signHeaders = (
  scheme: SignatureScheme,
  secret: string,
  { method, url, body }: Unsigned,
  now: number,
): Record<string, string> => {
  const timestamp = String(scheme.timestamp.unit === 'seconds' ? Math.floor(now / 1000) : now)
  const headers: Record<string, string> = { [scheme.timestamp.header]: timestamp }
  const parts = { method, body, timestamp, url: scheme.canonicalUrl?.(url) ?? url }
  const key =
    scheme.secret.encoding === 'text'
      ? secret
      : Buffer.from(secret.slice(scheme.secret.prefix.length), 'base64')
  const hmac = createHmac('sha256', key)
  for (const part of scheme.signed) {
    if (typeof part === 'string') hmac.update(parts[part])
    else if ('text' in part) hmac.update(part.text)
    else {
      // Any other header that is signed is an id of the message.
      headers[part.header] ??= `msg_${randomUUID()}`
      hmac.update(headers[part.header] ?? '')
    }
  }
  headers[scheme.signature.header] = `${scheme.signature.prefix ?? ''}${hmac.digest('base64')}`
  return headers
}
