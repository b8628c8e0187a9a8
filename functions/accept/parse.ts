// Proven bytes become JSON, with every digit of every number that matters still there.
import type { VerifiedBody } from './verify.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * JSON in UTF-8 (RFC 8259), or undefined where the bytes are none. Whole numbers beyond 2^53 come as `bigint`, since a
 * CRM's ids are that long and a double would change their last digits.
 */
export const parseJson = (body: VerifiedBody): { readonly payload: unknown } | undefined => {
  try {
    const text = utf8.decode(body)
    // The reviver costs time; without sixteen digits in a row there is nothing for it to do.
    return { payload: /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text) }
  } catch {
    return undefined
  }
}

// `context.source` is the number as it was written (TC39 "JSON.parse source text access"); the types do not know it yet.
const keepDigits = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
    ? BigInt(context?.source ?? '')
    : value
