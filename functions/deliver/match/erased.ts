// Whether a change is of somebody who was deleted after it. Pure.
import type { Change } from '../../change/change.ts'
import { type Clock, changeClock, momentOf, saysOptedOut } from '../../change/clock.ts'
import { onlyOptsOut } from '../../change/lane.ts'
import type { Remembered } from '../ledger/ledger.ts'

/** What is known under one name. */
type Deletions = Pick<Remembered, 'tombstone' | 'deleting'>

/**
 * Whether a change is not newer than the deletion of the person it names. A deletion that nobody has confirmed counts,
 * but not against an opt-out: she may be there still, and closing a flag of somebody new who has her names does no harm.
 */
export const isErased = (change: Change, { tombstone, deleting }: Deletions): boolean =>
  isUpTo(change, tombstone) || (isUpTo(change, deleting) && !onlyOptsOut(change))

/** The same where nobody is found: there every deletion counts against all that is older. */
export const isGone = (change: Change, { tombstone, deleting }: Deletions): boolean =>
  isUpTo(change, tombstone) || isUpTo(change, deleting)

const isUpTo = (change: Change, deletion: Clock | undefined): boolean =>
  deletion !== undefined && changeClock(change) <= deletion

/** Opt-outs rank above all else of their moment, but one that came with the deletion is no change since. */
export const isAfter = (held: Clock, deletion: Clock): boolean =>
  saysOptedOut(held) ? momentOf(held) > momentOf(deletion) : held > deletion
