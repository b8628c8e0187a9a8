// Names for people that nobody can read a person off: HMAC-SHA-256 under the stack's own key.
import { createHmac, createSecretKey } from 'node:crypto'
import { canonicalValue } from '../change/change.ts'

/** From an attribute that names a profile and its value to 43 characters safe in a queue's group id and in a log. */
export type Pseudonym = (attribute: string, value: string) => string

/** Made once per key; the same value gives the same pseudonym in every function of a stack. */
export const createPseudonym = (key: string): Pseudonym => {
  // Read once: of a key given as text each HMAC would make such an object anew.
  const secret = createSecretKey(key, 'utf8')
  // Of a burst each change names the same person.
  let last: { readonly text: string; readonly name: string } | undefined
  return (attribute, value) => {
    const text = `${attribute}:${canonicalValue({ attribute, value })}`
    if (last?.text === text) return last.name
    const name = createHmac('sha256', secret).update(text).digest('base64url')
    last = { text, name }
    return name
  }
}
