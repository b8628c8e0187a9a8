// Opt-outs are heard where the changes they came in are not: beside a deletion that waits, or that nobody has confirmed.
import type { Change } from '../change/change.ts'
import { onlyOptsOut, optOutsOf } from '../change/lane.ts'
import type { FindAndApply } from './find-and-apply.ts'
import type { Ended } from './outcome-of-error.ts'
import type { Names } from './suspect/names.ts'
import type { Tally } from './tally.ts'

/** Tries the opt-outs of changes that have an end already, and tells what that end is now. Never throws. */
export type HearOptOuts = {
  /**
   * Of changes that are out as a whole, since they are older than a deletion nobody has confirmed: what comes of their
   * opt-outs, if anything does, is what comes of them.
   */
  readonly ofErased: (changes: readonly Change[], tally: Tally) => Promise<void>
  /**
   * Of changes that wait for a deletion. What is more than an opt-out goes on waiting, whatever comes of its opt-outs; so
   * does what finds nobody, who is not to be made in her place.
   */
  readonly ofWaiting: (changes: readonly Change[], tally: Tally) => Promise<void>
}

export const createHearOptOuts = (findAndApply: FindAndApply, notePart: Names['notePart']): HearOptOuts => {
  const hear = async (
    changes: readonly Change[],
    partOf: (change: Change) => Change | undefined,
    tally: Tally,
    isToldOf: (whole: Change, ended: Ended | undefined) => boolean,
  ): Promise<void> => {
    const wholes = new Map(
      changes.flatMap((change) => {
        const part = partOf(change)
        return part ? [[part, change] as const] : []
      }),
    )
    for (const [part, whole] of wholes) notePart(part, whole)
    if (wholes.size > 0) await findAndApply([...wholes.keys()], ofWholes(tally, wholes, isToldOf))
  }
  return {
    ofErased: (changes, tally) =>
      hear(changes.filter(tally.isErased), optOutsOf, tally, (_, ended) => !isOneOf(NOTHING, ended)),
    ofWaiting: (changes, tally) => {
      const isWhole = (change: Change, ended: Ended | undefined): boolean =>
        onlyOptsOut(change) && ended?.outcome !== 'unmatched'
      return hear(changes, (change) => (onlyOptsOut(change) ? change : optOutsOf(change)), tally, isWhole)
    },
  }
}

/** Books on each whole what its part costs, and what becomes of it where that is to be told. */
const ofWholes = (
  tally: Tally,
  wholes: ReadonlyMap<Change, Change>,
  isToldOf: (whole: Change, ended: Ended | undefined) => boolean,
): Tally => {
  const wholeOf = (part: Change): Change => wholes.get(part) ?? part
  return {
    ...tally,
    callFor: (part, group = [part]) => tally.callFor(wholeOf(part), group),
    ledTo: (part, identity) => tally.ledTo(wholeOf(part), identity),
    foreseen: (part, error) => tally.foreseen(wholeOf(part), error),
    end: (part, ended) => {
      const whole = wholeOf(part)
      if (isToldOf(whole, ended)) tally.end(whole, ended)
    },
  }
}

const isOneOf = (outcomes: ReadonlySet<Ended['outcome']>, ended: Ended | undefined): boolean =>
  ended !== undefined && outcomes.has(ended.outcome)

const NOTHING: ReadonlySet<Ended['outcome']> = new Set([
  'erased',
  'superseded',
  'duplicate',
  'unchanged',
  'unmatched',
])
