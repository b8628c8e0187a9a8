// Finds what the functions logged in the lines of a log, however it was brought here.
import { stripVTControlCharacters } from 'node:util'

/**
 * The JSON objects of a line that one of the words occurs in: the line itself (`npm start`), what follows a prefix
 * (`aws logs tail`), or what is wrapped as text inside other JSON, of which a line may be a fragment (an export of
 * CloudWatch). Empty where the line has none of the words, or is cut off.
 */
export const recordsIn = (line: string, words: RegExp): readonly unknown[] => {
  if (!words.test(line)) return []
  const text = line.includes('\u001b') ? stripVTControlCharacters(line) : line
  const wrapped = (text.includes('{\\"') ? [...text.matchAll(WRAPPED)] : []).flatMap(([literal]) => {
    const inner = parsed(literal)
    return typeof inner === 'string' ? recordsIn(inner, words) : []
  })
  if (wrapped.length > 0) return wrapped
  const start = text.indexOf('{')
  const whole = start === -1 ? undefined : parsed(text.slice(start))
  return whole === undefined ? [] : [whole]
}

/** A JSON string that holds an object as text. */
const WRAPPED = /"\s*\{\\"(?:[^"\\]|\\.)*"/g

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
