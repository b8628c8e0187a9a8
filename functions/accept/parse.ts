// Proven bytes, or a text from the inbox, become JSON, with every digit of every number that matters still there.
import type { VerifiedBody } from './verify.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** JSON in UTF-8 (RFC 8259), or undefined where the bytes are none; read as `parseJsonText` does. */
export const parseJson = (body: VerifiedBody): { readonly payload: unknown } | undefined => {
  try {
    return parseJsonText(utf8.decode(body))
  } catch {
    return undefined
  }
}

/**
 * JSON, or undefined where the text is none. Whole numbers beyond 2^53 come as `bigint`, since a CRM's ids are that long
 * and a double would change their last digits; a number that a double rounds to a whole one comes as NaN, so that nobody
 * takes it for what was sent.
 */
export const parseJsonText = (text: string): { readonly payload: unknown } | undefined => {
  try {
    // The reviver costs time; without sixteen digits together there is nothing for it to do.
    return { payload: /[\d.]{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text) }
  } catch {
    return undefined
  }
}

// `context.source` is the number as it was written (TC39 "JSON.parse source text access"); the types do not know it yet.
const keepDigits = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
  // An ordinary fraction is nobody's id; a double is what Campaign has for it too.
  if (typeof value !== 'number' || !Number.isInteger(value)) return value
  const source = context?.source ?? ''
  if (/^-?\d+$/.test(source)) return Number.isSafeInteger(value) ? value : BigInt(source)
  return Number.isSafeInteger(value) && wholeOf(source) === BigInt(value) ? value : Number.NaN
}

/** Longer than any whole number that a double can hold is written. */
const LONGEST_NUMBER = 400

/** The whole number that a decimal with fraction or exponent stands for, exactly; undefined where it is none. */
const wholeOf = (source: string): bigint | undefined => {
  const parts = /^(-?\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source)
  if (!parts || source.length > LONGEST_NUMBER) return undefined
  const [, whole = '', fraction = '', exponent = '0'] = parts
  const digits = BigInt(whole + fraction)
  if (digits === 0n) return 0n
  const shift = Number(exponent) - fraction.length
  // Before any power is taken: a few characters can ask for more digits than there is time to write.
  if (Math.abs(shift) > LONGEST_NUMBER) return undefined
  if (shift >= 0) return digits * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  return digits % divisor === 0n ? digits / divisor : undefined
}
