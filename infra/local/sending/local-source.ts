// The sources that can be played on this machine: in mappings.ts, and with a secret in credentials.json or with `bus`.
import type { Mappings, SourceMapping } from '../../../functions/change/mapping.ts'
import { loadSource, type Source } from '../../../functions/change/source.ts'
import { Refusal } from '../command/refusal.ts'
import { localCredentials } from '../credentials.ts'

type Named = Source & { readonly kindName: string }
/** Signs what it posts. */
export type WebhookSource = Named & { readonly secret: string }
/** Puts events on the bus under the name `sender`, or messages into the inbox where it has none. */
export type BusSource = Named & { readonly sender: string | undefined }
export type LocalSource = WebhookSource | BusSource

/** The names that `findLocalSource` knows. */
export const localSourceNames = ({ sources }: Mappings): readonly string[] =>
  Object.entries(sources).flatMap(([name, mapping]) => (wayOf(name, mapping) ? [name] : []))

/** Throws a Refusal that says which sources there are. */
export const findLocalSource = async (mappings: Mappings, name: string): Promise<LocalSource> => {
  const source = await loadSource(mappings, name)
  const way = source && wayOf(name, source.mapping)
  if (way) return { ...source, ...way, kindName: source.mapping.kind }
  throw refusalOf(mappings, name, source)
}

/** The same of a source that signs. */
export const findWebhookSource = async (mappings: Mappings, name: string): Promise<WebhookSource> => {
  const source = await findLocalSource(mappings, name)
  if ('secret' in source) return source
  throw refusalOf(mappings, name, source)
}

const refusalOf = (mappings: Mappings, name: string, source: Source | undefined): Refusal => {
  const names = localSourceNames(mappings).join(', ')
  return new Refusal(
    source
      ? `the source ${name} has no secret in infra/local/credentials.json: add one, or take one of: ${names}`
      : `there is no source of this name in functions/change/mappings.ts, there is: ${names}`,
  )
}

/** Whether the source of this name has a secret on this machine, and with it a webhook. */
export const isSigned = (name: string): boolean => secretOf(name) !== undefined

const secretOf = (name: string): string | undefined =>
  Object.hasOwn(localCredentials.sources, name) ? localCredentials.sources[name]?.[0] : undefined

const wayOf = (name: string, { bus }: SourceMapping) => {
  const secret = secretOf(name)
  return secret !== undefined ? { secret } : bus && { sender: bus[0] }
}
