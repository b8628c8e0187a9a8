// The sources that can be played on this machine: in mappings.ts, and with a secret in credentials.json.
import type { Mappings } from '../../../functions/change/mapping.ts'
import { loadSource, type Source } from '../../../functions/change/source.ts'
import { Refusal } from '../command/refusal.ts'
import { localCredentials } from '../credentials.ts'

export type LocalSource = Source & { readonly secret: string; readonly kindName: string }

/** The names that `findLocalSource` knows. */
export const localSourceNames = (mappings: Mappings): readonly string[] =>
  Object.keys(mappings.sources).filter((name) => secretOf(name) !== undefined)

/** Throws a Refusal that says which sources there are. */
export const findLocalSource = async (mappings: Mappings, name: string): Promise<LocalSource> => {
  const source = await loadSource(mappings, name)
  const secret = secretOf(name)
  if (source && secret !== undefined) return { ...source, secret, kindName: source.mapping.kind }
  const names = localSourceNames(mappings).join(', ')
  throw new Refusal(
    source
      ? `the source ${name} has no secret in infra/local/credentials.json: add one, or take one of: ${names}`
      : `there is no source of this name in functions/change/mappings.ts, there is: ${names}`,
  )
}

const secretOf = (name: string): string | undefined =>
  Object.hasOwn(localCredentials.sources, name) ? localCredentials.sources[name]?.[0] : undefined
