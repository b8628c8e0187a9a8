// How a vendor's event names its profile: by those of its own fields that mappings.ts lists under `match`.
import type { Change, MatchEntry } from '../change.ts'
import type { DecodeContext } from '../source.ts'
import { readMatchEntry } from './match-entry.ts'
import type { Problem } from './problem.ts'

export type ReadMatchFields = { readonly entries: Change['match'] } | { readonly problem: Problem }

/** Reads the event's `fields` in the order of the mapping; problems point at the field, not at the attribute. */
export const readMatchFields = (
  fields: Readonly<Record<string, unknown>>,
  at: string,
  context: DecodeContext,
): ReadMatchFields => {
  const entries: MatchEntry[] = []
  for (const { field, attribute } of context.mapping.match ?? []) {
    const read = readMatchEntry(attribute, fields[field], at, context)
    if ('problem' in read) return { problem: { ...read.problem, pointer: `${at}/${field}` } }
    entries.push(read.entry)
  }
  const [first, ...others] = entries
  return first
    ? { entries: [first, ...others] }
    : { problem: { code: 'match-not-supported', detail: 'no match is mapped', pointer: at } }
}
