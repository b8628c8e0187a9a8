// What an event of a CRM does, whoever it is about. Deletions and merges mean the same for every kind.
import type { Change } from '../change.ts'
import type { DecodeContext, IgnoredCode } from '../source.ts'
import type { Problem } from './problem.ts'

/** Nothing, a change, or a problem: the event is then parked, since a vendor reads no answer. */
export type Effect =
  | { readonly ignored: IgnoredCode }
  | { readonly problem: Problem }
  | Pick<Change, 'action' | 'set' | 'isDeletion'>

/** Why a contact is gone: deleted by a user, or since the person asked to be forgotten. */
export type DeletionCode = 'deletion' | 'privacy-deletion'

const DELETED: Readonly<Record<DeletionCode, string>> = {
  deletion: 'the contact was deleted in the CRM: a person decides what becomes of the profile',
  'privacy-deletion': 'the contact was deleted in the CRM for privacy: a person decides about the profile',
}
const MERGED = 'two contacts were merged in the CRM: a person decides which profile stays'

/** What the setting DELETES makes of a deletion; `pointer` is that of the event. */
export const deletionEffect = (
  code: DeletionCode,
  pointer: string,
  { deletes }: Pick<DecodeContext, 'deletes'>,
): Effect => {
  switch (deletes) {
    case 'ignore':
      return { ignored: code }
    case 'park':
      return { problem: { code, detail: DELETED[code], pointer } }
    case 'opt-out':
      // Campaign calls this flag "No longer contact (by any channel)": it alone closes them all, and leaves the flag of
      // each channel as the person once chose it.
      return { action: 'update', set: { blackList: true }, isDeletion: true }
    case 'delete':
      return { action: 'delete', set: {} }
  }
}

/** What the source's `merges` makes of a merge: it has no right answer, so it is never applied by itself. */
export const mergeEffect = (pointer: string, { mapping }: Pick<DecodeContext, 'mapping'>): Effect =>
  mapping.merges === 'ignore' ? { ignored: 'merge' } : { problem: { code: 'merge', detail: MERGED, pointer } }
