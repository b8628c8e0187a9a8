// A signature scheme is data: what is signed, with what, and where the proof travels. accept/verify.ts reads it.

/** A piece of the signed text, in order. `url` is the public URL after the scheme's own decoding. */
export type SignedPart =
  | 'method'
  | 'url'
  | 'body'
  | 'timestamp'
  | { readonly header: string }
  | { readonly text: string }

/** HMAC-SHA-256 over the parts. Header names are lower-case. */
export type SignatureScheme = {
  readonly signed: readonly SignedPart[]
  readonly signature: {
    readonly header: string
    /** Each signature carries this in front, and unmarked ones are skipped (a scheme's other versions). */
    readonly prefix?: string
    /** Between several signatures of one request, any of which may match. */
    readonly separator?: string
  }
  readonly timestamp: { readonly header: string; readonly unit: 'seconds' | 'milliseconds' }
  /** How a secret's text becomes the HMAC key. `bytes` is the allowed length, both ends included. */
  readonly secret:
    | { readonly encoding: 'text' }
    | { readonly encoding: 'base64'; readonly prefix: string; readonly bytes: readonly [number, number] }
  /** What the scheme does to the URL before signing it. */
  readonly canonicalUrl?: (url: string) => string
}

/** How old or how far ahead a delivery's timestamp may be, both sides alike (Standard Webhooks; HubSpot says five minutes). */
export const TIMESTAMP_TOLERANCE_MILLISECONDS = 5 * 60 * 1000
