// Names for people that nobody can read a person off: HMAC-SHA-256 under the stack's own key.
import { createHmac } from 'node:crypto'

/** From an attribute that names a profile and its value to 43 characters safe in a queue's group id and in a log. */
export type Pseudonym = (attribute: string, value: string) => string

/** The email's case says nothing about whose it is; keys are taken to the letter. */
export const createPseudonym =
  (key: string): Pseudonym =>
  (attribute, value) =>
    createHmac('sha256', key)
      .update(`${attribute}:${attribute === 'email' ? value.toLowerCase() : value}`)
      .digest('base64url')
