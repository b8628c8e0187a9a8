// What a kind of source must be able to say. One file in sources/ per kind, none of which knows another.
import type { Change } from './change.ts'
import type { Filters, Mappings, Normaliser, SourceMapping } from './mapping.ts'
import type { Attributes } from './profile.ts'
import type { Problem } from './read/problem.ts'
import type { SignatureScheme } from './signature-scheme.ts'

/**
 * What a vendor's deletion of a contact does: nothing, closes every channel, deletes the profile, or waits for a person.
 * A change of `direct` that asks for a deletion is no such event: it is always taken.
 */
export const DELETES = ['ignore', 'opt-out', 'delete', 'park'] as const
export type Deletes = (typeof DELETES)[number]

/** What decoding may know besides the event. `now` is epoch milliseconds. */
export type DecodeContext = {
  readonly source: string
  readonly mapping: SourceMapping
  readonly attributes: Attributes
  readonly reserved: ReadonlySet<string>
  /** The custom key attribute of the extended profile, if there is one. */
  readonly businessKey: string | undefined
  /** The custom filters that find profiles by other attributes. */
  readonly filters: Filters
  /** Set where the source says which country its phone numbers belong to. */
  readonly normalisePhone?: Normaliser | undefined
  readonly deletes: Deletes
  readonly now: number
}

export type IgnoredCode =
  | 'foreign-tenant'
  | 'not-a-contact'
  | 'not-mapped'
  | 'nothing-to-write'
  | 'creation'
  | 'deletion'
  | 'merge'
  | 'privacy-deletion'
  | 'event-not-used'

/** What became of one event of a body. Several problems where one event has several faults, the first one first. */
export type Decoded =
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'ignored'; readonly code: IgnoredCode }
  | {
      readonly kind: 'rejected'
      readonly problems: readonly [Problem, ...Problem[]]
      readonly event: unknown
    }

/** A body that as a whole is not what the kind speaks. */
export type Refused = { readonly refused: readonly [Problem, ...Problem[]] }

export type Kind = {
  readonly scheme: SignatureScheme
  /**
   * Whether the sender reads our answer and mends what it says (our own format), so that a bad change is its own to
   * send again. A vendor would re-send the whole delivery for it: there the bad event is parked instead.
   */
  readonly senderReadsAnswer: boolean
  /** What a source of this kind must have in its mapping. */
  readonly needs: readonly (keyof SourceMapping)[]
  /** The fields of its events that can name a profile. */
  readonly matchFields: readonly string[]
  /** One result per event, in the order of the body. Pure; never throws. */
  readonly decode: (payload: unknown, context: DecodeContext) => readonly Decoded[] | Refused
}

/** A configured source, ready to decode. */
export type Source = {
  readonly name: string
  readonly kind: Kind
  readonly mapping: SourceMapping
  readonly normalisePhone: Normaliser | undefined
}

/**
 * Loads a source on first use, so that a cold start pays only for the kinds it meets. Undefined where mappings.ts does
 * not name it; throws where it names a kind without a file or leaves out what the kind needs: never a 404.
 */
export const loadSource = async (mappings: Mappings, name: string): Promise<Source | undefined> => {
  const mapping = Object.hasOwn(mappings.sources, name) ? mappings.sources[name] : undefined
  if (mapping === undefined) return undefined
  const { kind }: { kind: Kind } = await import(`./sources/${mapping.kind}.ts`).catch((cause: unknown) => {
    throw new Error(
      `sources.${name}.kind: sources/${mapping.kind}.ts cannot be loaded: a kind is a file there, such as direct or hubspot`,
      { cause },
    )
  })
  const missing = kind.needs.filter((key) => mapping[key] === undefined)
  if (missing.length > 0) throw new Error(`sources.${name} in mappings.ts needs ${missing.join(', ')}`)
  const unknown = mapping.match?.find(({ field }) => !kind.matchFields.includes(field))
  if (unknown) {
    throw new Error(
      `sources.${name}.match: ${unknown.field} is in no event, ${kind.matchFields.join(', ')} is`,
    )
  }
  return {
    name,
    kind,
    mapping,
    normalisePhone:
      mapping.phoneRegion === undefined
        ? undefined
        : (await import('./read/phone.ts')).toE164(mapping.phoneRegion),
  }
}

/** What only shows once every source is loaded, one sentence each: an unknown kind, and what a kind misses. */
export const sourceFaultsOf = async (mappings: Mappings): Promise<readonly string[]> => {
  const load = (name: string): Promise<readonly string[]> =>
    loadSource(mappings, name).then(
      () => [],
      (error: unknown) => [error instanceof Error ? error.message : String(error)],
    )
  return (await Promise.all(Object.keys(mappings.sources).map(load))).flat()
}
