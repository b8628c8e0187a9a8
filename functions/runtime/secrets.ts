// Secrets Manager, asked seldom: held for five minutes, read once for however many ask at the same time.
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { errorName, type Log } from './log.ts'
import type { Time } from './time.ts'

const HELD_MILLISECONDS = 5 * 60 * 1000
/** A flood of forged signatures must not become a flood of reads. */
const REFRESH_EVERY_MILLISECONDS = 30 * 1000

export type SecretCode = 'secret-unreachable' | 'secret-malformed'

/** No usable secret and none held. Never has the secret's text in it. */
export class SecretError extends Error {
  override readonly name = 'SecretError'
  readonly code: SecretCode
  readonly retryable = true
  constructor(message: string, given: { readonly code: SecretCode; readonly cause?: unknown }) {
    super(message, { cause: given.cause })
    this.code = given.code
  }
}

export type Secret<Content> = {
  /** The content, at most five minutes old while Secrets Manager answers; the last good one while it does not. */
  readonly read: () => Promise<Content>
  /** Reads again at once (a value was refused by its other side), at most every thirty seconds; whether it did. */
  readonly refresh: () => Promise<boolean>
}

/** One secret, parsed by `parse`, which throws where the text is not what it should be. Throws SecretError. */
export const createSecret = <Content>(given: {
  readonly client: SecretsManagerClient
  readonly secretId: string
  readonly parse: (text: string) => Content
  readonly time: Time
  readonly log: Log
}): Secret<Content> => {
  const { client, secretId, parse, time, log } = given
  let held: { readonly content: Content; readonly until: number } | undefined
  let pending: Promise<Content> | undefined
  // Whoever asks while the secret is being read again waits for that reading, instead of failing by the old one.
  let refreshing: Promise<boolean> | undefined
  let lastRefresh = Number.NEGATIVE_INFINITY

  const fetchOnce = (): Promise<Content> => {
    pending ??= fetchSecret(client, secretId, parse)
      .then(
        (content) => {
          held = { content, until: time.now() + HELD_MILLISECONDS }
          return content
        },
        (error: unknown) => {
          // Somebody has to know, also where the last good one serves on: it will not for ever.
          log.warn('secret.unread', { secretId, isHeld: held !== undefined, cause: errorName(error) })
          throw error
        },
      )
      .finally(() => {
        pending = undefined
      })
    return pending
  }

  return {
    read: async () => {
      if (held && time.now() < held.until) return held.content
      try {
        return await fetchOnce()
      } catch (error) {
        if (!held) throw error
        // Asked again soon, but not by every call while Secrets Manager is away.
        held = { ...held, until: time.now() + REFRESH_EVERY_MILLISECONDS }
        return held.content
      }
    },
    refresh: () => {
      if (!refreshing && time.now() - lastRefresh < REFRESH_EVERY_MILLISECONDS) return Promise.resolve(false)
      lastRefresh = time.now()
      // A reading that is under way may have begun before whatever made the refresh needed.
      refreshing ??= (pending ?? Promise.resolve())
        .catch(() => {})
        .then(fetchOnce)
        .then(
          () => true,
          () => false,
        )
        .finally(() => {
          refreshing = undefined
        })
      return refreshing
    },
  }
}

const fetchSecret = async <Content>(
  client: SecretsManagerClient,
  secretId: string,
  parse: (text: string) => Content,
): Promise<Content> => {
  const answer = await client
    .send(new GetSecretValueCommand({ SecretId: secretId }))
    .catch((cause: unknown) => {
      throw new SecretError(`the secret ${secretId} cannot be read`, { code: 'secret-unreachable', cause })
    })
  try {
    return parse(answer.SecretString ?? '')
  } catch {
    // The cause is left out: a parser's message may quote the text.
    throw new SecretError(`the secret ${secretId} is not what it should be`, { code: 'secret-malformed' })
  }
}
