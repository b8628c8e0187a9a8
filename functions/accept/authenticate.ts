// Who may send, and whether this delivery is theirs. Fails closed: no secret, no source.

import type { Mappings } from '../change/mapping.ts'
import { loadSource, type Source } from '../change/source.ts'
import type { Log } from '../runtime/log.ts'
import type { SourceSecrets } from '../runtime/secret-contents.ts'
import type { Secret } from '../runtime/secrets.ts'
import { type Delivery, isUsableSecret, type VerifiedBody, verify } from './verify.ts'

export type Authenticate = {
  /** The source of this name, or undefined where it is not in mappings.ts or has no usable secret. Throws SecretError. */
  readonly find: (name: string) => Promise<Source | undefined>
  /** The body, once its sender is proven; `now` is epoch milliseconds. */
  readonly prove: (source: Source, delivery: Delivery, now: number) => Promise<VerifiedBody | undefined>
}

export const createAuthenticate = (
  mappings: Mappings,
  secret: Secret<SourceSecrets>,
  log: Log,
): Authenticate => {
  const told = new WeakMap<SourceSecrets, Set<string>>()
  /** Once per reading of the secret: a mistyped one is not said again with every delivery. */
  const tellUnusable = (secrets: SourceSecrets, source: string, count: number): void => {
    const names = told.get(secrets) ?? new Set()
    told.set(secrets, names)
    if (!names.has(source)) log.error('secret.unusable', { source, count })
    names.add(source)
  }
  const secretsOf = (secrets: SourceSecrets, { name, kind }: Source): readonly string[] => {
    const given = Object.hasOwn(secrets, name) ? (secrets[name] ?? []) : []
    const usable = given.filter((text) => isUsableSecret(text, kind.scheme))
    if (usable.length < given.length) tellUnusable(secrets, name, given.length - usable.length)
    return usable
  }

  return {
    find: async (name) => {
      const source = await loadSource(mappings, name)
      if (!source) return undefined
      if (secretsOf(await secret.read(), source).length > 0) return source
      // A source that was given its secret a moment ago is not unknown.
      return (await secret.refresh()) && secretsOf(await secret.read(), source).length > 0
        ? source
        : undefined
    },
    prove: async (source, delivery, now) => {
      const attempt = async () =>
        verify(delivery, source.kind.scheme, secretsOf(await secret.read(), source), now)
      const proven = await attempt()
      if (proven) return proven
      // The sender may have begun to sign with a secret newer than ours.
      return (await secret.refresh()) ? attempt() : undefined
    },
  }
}
