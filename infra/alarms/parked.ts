// Which alarm speaks of which code: what is put aside every day must not hide what is put aside for the first time.
import type { ParkedCode } from '../../functions/change/outcome.ts'
import type { ProblemCode } from '../../functions/change/read/problem.ts'

/** Groups of codes with an alarm each; `ordinary` has none and is looked at when there is time. */
export type ParkedGroup =
  | 'parked-given-up'
  | 'parked-decision'
  | 'parked-mapping'
  | 'parked-sender'
  | 'parked-values'
  | 'ordinary'

/** What deliver puts aside. */
const DELIVER: Readonly<Record<ParkedCode, ParkedGroup>> = {
  unmatched: 'ordinary',
  ambiguous: 'parked-values',
  'attribute-unknown': 'parked-mapping',
  'attribute-read-only': 'parked-mapping',
  'value-refused': 'parked-values',
  'key-change-refused': 'parked-mapping',
  'duplicate-key': 'parked-values',
  'key-malformed': 'parked-values',
  'org-unit-unknown': 'parked-mapping',
  unreadable: 'parked-given-up',
  'changed-since': 'parked-decision',
  'refused-unexplained': 'parked-given-up',
  crashed: 'parked-given-up',
  'consent-unclear': 'parked-decision',
  expired: 'parked-given-up',
}

/** What accept puts aside. */
const ACCEPT: Readonly<Record<ProblemCode, ParkedGroup>> = {
  invalid: 'parked-sender',
  'unknown-key': 'parked-sender',
  'attribute-unknown': 'parked-mapping',
  'attribute-read-only': 'parked-mapping',
  'value-invalid': 'parked-values',
  'not-clearable': 'parked-values',
  future: 'parked-values',
  'key-not-addressable': 'parked-values',
  'match-not-supported': 'parked-sender',
  'action-not-supported': 'parked-sender',
  'business-key-in-set': 'parked-sender',
  // A CRM resets the field by itself, and two contacts are merged every day where there are many.
  'opt-in-refused': 'ordinary',
  merge: 'ordinary',
  'too-large': 'parked-sender',
  unreadable: 'parked-sender',
  'source-unknown': 'parked-sender',
  deletion: 'parked-decision',
  'privacy-deletion': 'parked-decision',
}

export type ParkedEntry = {
  readonly service: 'accept' | 'deliver'
  readonly code: ParkedCode | ProblemCode
  readonly group: ParkedGroup
}

const entriesOf = <Code extends ParkedCode | ProblemCode>(
  service: ParkedEntry['service'],
  groups: Readonly<Record<Code, ParkedGroup>>,
): readonly ParkedEntry[] =>
  Object.entries<ParkedGroup>(groups).map(([code, group]) => ({ service, code: code as Code, group }))

/** Every code with the function that counts it, in the order in which they are declared. */
export const PARKED: readonly ParkedEntry[] = [
  ...entriesOf('deliver', DELIVER),
  ...entriesOf('accept', ACCEPT),
]

/** The codes that an alarm speaks of, each once. */
export const codesOf = (group: ParkedGroup): readonly string[] => [
  ...new Set(PARKED.filter((entry) => entry.group === group).map(({ code }) => code)),
]
