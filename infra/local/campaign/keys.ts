// PKeys: opaque, unguessable, of one emulator only. They are encrypted ids, so that a million cost no memory.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export const kinds = {
  profile: 1,
  orgUnit: 2,
  page: 3,
  cryptedId: 4,
  service: 5,
  geoUnit: 6,
  subscription: 7,
  resourceType: 8,
  filter: 9,
} as const

/** Custom resources count on from here. */
export const firstCustomKind = 32

/** The `subscriptions` key of a live profile differed from its PKey after the first 65 characters. */
export type KeyUse = 'record' | 'subscriptions'

export type Keys = {
  write: (kind: number, id: number, use?: KeyUse, fresh?: boolean) => string
  /** The id behind a key, whenever and for whatever use it was written. */
  read: (kind: number, text: string) => number | undefined
  /** The form of `cryptedId`: standard base64. */
  cryptedId: (id: number) => string
}

const blocks = 5 // of 16 bytes: 108 characters with the @; live ones have 92 to 135
const keyForm = /^@[A-Za-z0-9_-]{107}$/
const mark = 0x4b59

export const createKeys = (random?: () => number): Keys => {
  const secret = random ? Buffer.from(Array.from({ length: 16 }, () => random() * 256)) : randomBytes(16)
  const cipher = createCipheriv('aes-128-ecb', secret, null).setAutoPadding(false)
  const decipher = createDecipheriv('aes-128-ecb', secret, null).setAutoPadding(false)
  let lastNonce = 0

  const encrypt = (kind: number, id: number, use: number, nonce: number) => {
    const plain = Buffer.alloc(blocks * 16)
    for (let block = 0; block < blocks; block += 1) {
      const at = block * 16
      plain[at] = kind
      plain[at + 1] = block
      plain[at + 2] = block < 3 ? 0 : use // three blocks are the 64 characters that all uses share
      plain.writeUIntBE(nonce, at + 3, 5)
      plain.writeUIntBE(id, at + 8, 6)
      plain.writeUInt16BE(mark, at + 14)
    }
    return cipher.update(plain)
  }

  return {
    write: (kind, id, use = 'record', fresh = false) => {
      if (fresh) lastNonce += 1
      const nonce = fresh ? lastNonce : 0
      return `@${encrypt(kind, id, use === 'record' ? 0 : 1, nonce).toString('base64url')}`
    },
    read: (kind, text) => {
      if (!keyForm.test(text)) return undefined
      const given = Buffer.from(text.slice(1), 'base64url')
      const last = decipher.update(given.subarray(64))
      if (last.readUInt16BE(14) !== mark || last[0] !== kind) return undefined
      const id = last.readUIntBE(8, 6)
      return encrypt(kind, id, last[2] ?? 0, last.readUIntBE(3, 5)).equals(given) ? id : undefined
    },
    cryptedId: (id) => encrypt(kinds.cryptedId, id, 0, 0).subarray(0, 48).toString('base64'),
  }
}
