// By which name the ledger knows a change that is in hand: its place in what was accepted, and how often that was sent on.
// What a person has sent on again is tried anew, whatever came of it before; what only comes back is not.
import { createHash } from 'node:crypto'
import type { Change } from '../../change/change.ts'
import { type DeliveryStamp, deduplicationId } from '../../change/message.ts'
import { NAME_CHARACTERS } from '../ledger/in-hand.ts'

export type Names = {
  /** Of changes about to be worked. */
  readonly note: (stamp: DeliveryStamp, hop: number, changes: readonly Change[]) => void
  /** Of what is worked apart from its whole: a name of its own, since the whole may end well where it does not. */
  readonly notePart: (part: Change, whole: Change) => void
  /** The change that was noted, of a part of it or itself. */
  readonly wholeOf: (change: Change) => Change
  readonly nameOf: (change: Change) => string
}

export const createNames = (): Names => {
  const places = new WeakMap<Change, string>()
  const wholes = new WeakMap<Change, Change>()
  return {
    note: (stamp, hop, changes) => {
      for (const change of changes) places.set(change, deduplicationId(stamp, change.index, hop))
    },
    notePart: (part, whole) => {
      if (part === whole) return
      places.set(part, `${places.get(whole)} part`)
      wholes.set(part, whole)
    },
    wholeOf: (change) => wholes.get(change) ?? change,
    nameOf: (change) => shortened(`${places.get(change)} ${change.id} ${change.source}`),
  }
}

const shortened = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, NAME_CHARACTERS)
