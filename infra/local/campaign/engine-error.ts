// How the engine refuses: the same occasions in both dialects, other words.
import type { HttpAnswer } from './answer.ts'

/** What a refusal says of the resource. */
export type Named = { name: string; label: string; schema: string }

export type EngineErrors = {
  /** The bare 500, also the base of every inferred refusal. */
  failure: (...details: string[]) => HttpAnswer
  badUrl: (endpoint: string) => HttpAnswer
  /** `endpoint` is given when the key stands in the URL. */
  malformedKey: (resource: Named, key: string, endpoint?: string) => HttpAnswer
  unknownRecord: (resource: Named, key: string, endpoint?: string) => HttpAnswer
  unknownProperty: (resource: Named, name: string) => HttpAnswer
  readOnlyProperty: (resource: Named, name: string) => HttpAnswer
  badEnumeration: (resource: Named, name: string, value: string) => HttpAnswer
  badValue: (name: string, reason: string) => HttpAnswer
  keyChange: (resource: Named, from: string, to: string) => HttpAnswer
  duplicateKey: (resource: Named, field: string, key: string) => HttpAnswer
  malformedBody: (text: string) => HttpAnswer
}

/** `service` is printed as `Service`. */
export const pathOf = ({ name }: Named) => name.charAt(0).toUpperCase() + name.slice(1)
