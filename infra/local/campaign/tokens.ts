// Access tokens of Adobe IMS: JWT-shaped and decodable as @adobe/aio-lib-ims decodes them
// (`type`, `as`, `created_at` and `expires_in` in milliseconds, as text).
import { createHmac, createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import type { Time } from '../../../functions/runtime/time.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

export const createTokens = (time: Time) => {
  const secret = createSecretKey(randomBytes(32))
  const endOf = new Map<string, number>()

  return {
    issue: (clientId: string, scope: string, seconds: number): string => {
      const now = time.now()
      for (const [token, end] of endOf) if (end <= now) endOf.delete(token)
      const claims = {
        id: randomUUID(),
        type: 'access_token',
        as: 'ims-na1',
        client_id: clientId,
        scope,
        created_at: String(now),
        expires_in: String(seconds * 1000),
      }
      const unsigned = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
      const token = `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`
      endOf.set(token, now + seconds * 1000)
      return token
    },
    isValid: (token: string): boolean => time.now() < (endOf.get(token) ?? 0),
    /** Ends all tokens, be it that they expired or were revoked: the gateway answers both alike. */
    end: () => endOf.clear(),
  }
}

export type Tokens = ReturnType<typeof createTokens>
