// By what a profile could be found if a change made it: what the change is matched by and what it writes.
import { type Change, type MatchEntry, valuesOf } from '../../change/change.ts'
import { isMatchAttribute, type MatchBy } from '../../change/mapping.ts'
import type { Pseudonym } from '../../runtime/pseudonym.ts'

/** Pseudonyms. Not of a PKey: Campaign makes a new one. */
export const namesMadeBy = (change: Change, matchBy: MatchBy, pseudonym: Pseudonym): readonly string[] => {
  const written: readonly MatchEntry[] = Object.entries(valuesOf(change))
    .filter(([attribute, value]) => isMatchAttribute(attribute, matchBy) && value !== '')
    .map(([attribute, value]) => ({ attribute, value: String(value) }))
  return [...change.match, ...written]
    .filter(({ attribute }) => attribute !== 'PKey')
    .map(({ attribute, value }) => pseudonym(attribute, value))
}

/** The entries a new profile would get: Campaign makes PKeys itself. */
export const creatable = ({ match }: Change): readonly Change['match'][number][] =>
  match.filter(({ attribute }) => attribute !== 'PKey')
