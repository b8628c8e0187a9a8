// Proves who sent the bytes. Nothing is parsed before this has said yes.
import { createHmac, timingSafeEqual } from 'node:crypto'
import {
  type SignatureScheme,
  type SignedPart,
  TIMESTAMP_TOLERANCE_MILLISECONDS,
} from '../change/signature-scheme.ts'

/** A delivery as it came. Header names are lower-case, `url` is the public one with its query still encoded. */
export type Delivery = {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
}

declare const verified: unique symbol
/** Bytes whose sender is proven. */
export type VerifiedBody = Uint8Array & { readonly [verified]: true }

/**
 * The body, if any of the secrets signed it and its timestamp is within five minutes on either side; else undefined.
 * Malformed anything is "not proven", never an error. Constant time in the signature. `now` is epoch milliseconds.
 */
export const verify = (
  delivery: Delivery,
  scheme: SignatureScheme,
  secrets: readonly string[],
  now: number,
): VerifiedBody | undefined => {
  const timestamp = delivery.headers[scheme.timestamp.header]
  const given = signaturesOf(delivery.headers[scheme.signature.header], scheme)
  if (timestamp === undefined || given.length === 0 || !isFresh(timestamp, scheme, now)) return undefined
  const parts = scheme.signed.map((part) => bytesOf(part, delivery, timestamp, scheme))
  if (parts.includes(undefined)) return undefined

  let proven = false
  for (const secret of secrets) {
    const key = hmacKey(secret, scheme)
    if (key === undefined) continue
    const hmac = createHmac('sha256', key)
    for (const part of parts) hmac.update(part ?? '')
    const expected = hmac.digest()
    // Every pair is compared, so that the time taken says nothing about which one matched.
    for (const signature of given) proven = isSame(signature, expected) || proven
  }
  return proven ? (delivery.body as VerifiedBody) : undefined
}

/** Whether a configured secret can be an HMAC key of this scheme at all. */
export const isUsableSecret = (secret: string, scheme: SignatureScheme): boolean =>
  hmacKey(secret, scheme) !== undefined

const isFresh = (timestamp: string, scheme: SignatureScheme, now: number): boolean => {
  if (!/^\d{1,15}$/.test(timestamp)) return false
  const sentAt = Number(timestamp) * (scheme.timestamp.unit === 'seconds' ? 1000 : 1)
  return Math.abs(now - sentAt) <= TIMESTAMP_TOLERANCE_MILLISECONDS
}

const signaturesOf = (header: string | undefined, { signature }: SignatureScheme): readonly Uint8Array[] => {
  if (header === undefined) return []
  const { prefix = '', separator } = signature
  return (separator === undefined ? [header] : header.split(separator))
    .filter((text) => text.startsWith(prefix))
    .map((text) => Buffer.from(text.slice(prefix.length), 'base64'))
}

const bytesOf = (
  part: SignedPart,
  delivery: Delivery,
  timestamp: string,
  scheme: SignatureScheme,
): string | Uint8Array | undefined => {
  if (part === 'method') return delivery.method
  if (part === 'url') return scheme.canonicalUrl?.(delivery.url) ?? delivery.url
  if (part === 'body') return delivery.body
  if (part === 'timestamp') return timestamp
  return 'text' in part ? part.text : delivery.headers[part.header]
}

const hmacKey = (secret: string, scheme: SignatureScheme): string | Uint8Array | undefined => {
  const rule = scheme.secret
  if (rule.encoding === 'text') return secret === '' ? undefined : secret
  if (!secret.startsWith(rule.prefix)) return undefined
  const text = secret.slice(rule.prefix.length)
  const key = Buffer.from(text, 'base64')
  const [least, most] = rule.bytes
  // Buffer skips what is not base64; a key that does not come out as it went in was mistyped.
  const isWhole = key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')
  return isWhole && key.length >= least && key.length <= most ? key : undefined
}

const isSame = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && timingSafeEqual(left, right)
