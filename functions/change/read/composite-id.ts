// One id out of the several things that tell a vendor's events apart.
import { createHash } from 'node:crypto'

/** SHA-256 in hex over the parts: 64 characters, the same in every re-send, whatever the parts hold. */
export const compositeId = (parts: readonly (string | number | undefined)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex')
