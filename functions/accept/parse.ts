// Proven bytes become JSON, with every digit of every number that matters still there.
import type { VerifiedBody } from './verify.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * JSON in UTF-8 (RFC 8259), or undefined where the bytes are none. Whole numbers beyond 2^53 come as `bigint`, since a
 * CRM's ids are that long and a double would change their last digits; a number that a double rounds to a whole one
 * comes as NaN, so that nobody takes it for what was sent.
 */
export const parseJson = (body: VerifiedBody): { readonly payload: unknown } | undefined => {
  try {
    const text = utf8.decode(body)
    // The reviver costs time; without sixteen digits together there is nothing for it to do.
    return { payload: /[\d.]{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** From here on a double has no room for a fraction. */
const ROUNDED = 2 ** 52

// `context.source` is the number as it was written (TC39 "JSON.parse source text access"); the types do not know it yet.
const keepDigits = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
  if (typeof value !== 'number' || Math.abs(value) < ROUNDED) return value
  const source = context?.source ?? ''
  if (/^-?\d+$/.test(source)) return Number.isSafeInteger(value) ? value : BigInt(source)
  return Number.NaN
}
