// What a person is told beside a code, of what was put aside for one.
import type { ParkedCode } from '../change/outcome.ts'

export const REASONS: Readonly<Record<ParkedCode, string>> = {
  unmatched: 'no profile matches',
  ambiguous: 'several profiles match',
  'attribute-unknown':
    'Campaign does not know an attribute of this change: was the extended profile published?',
  'attribute-read-only': 'Campaign does not let an attribute of this change be written',
  'value-refused': 'Campaign refuses a value of this change',
  'key-change-refused': 'Campaign does not change a key by itself',
  'duplicate-key': 'another profile holds a key of this change',
  'key-malformed': 'Campaign cannot read the key this change names its profile by',
  'org-unit-unknown':
    'Campaign has no organizational unit of the name or label that this change holds, or several',
  'changed-since': 'the profile was changed after this deletion was asked for: a person has to decide',
  'refused-unexplained':
    'Campaign has refused this change three times without a reason, and taken others meanwhile',
  crashed: 'five invocations ended in the middle of nothing but this change',
  'consent-unclear':
    'somebody has opted out and nobody can say when: a person decides whether this opt-in is later',
  expired: 'it could not be applied for twelve days',
  unreadable: 'the message is not one of ours',
}
