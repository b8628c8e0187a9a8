// Two lanes to deliver: what touches consent has one of its own, so that an opt-out overtakes a backlog.
import { type Change, type MatchEntry, valuesOf } from './change.ts'
import { isConsent } from './profile.ts'

export const LANES = ['consent', 'changes'] as const
export type Lane = (typeof LANES)[number]

/** Whether a change writes or repeats a consent attribute. */
export const touchesConsent = (change: Change): boolean =>
  [...Object.keys(change.set), ...Object.keys(change.restate)].some(isConsent)

/** Whether a change closes a channel or a use of data. */
const optsOut = (change: Change): boolean =>
  Object.entries(valuesOf(change)).some(([attribute, value]) => isConsent(attribute) && value === true)

/** Whether somebody has to know that nobody is found: she may be written to. Many a contact was never in Campaign. */
export const isMissed = (change: Change): boolean => optsOut(change) && !change.isDeletion

/** Whether opting out is all it does: an upsert makes a profile, or completes one. */
export const onlyOptsOut = (change: Change): boolean => {
  const values = Object.entries(valuesOf(change))
  return (
    change.action === 'update' &&
    values.length > 0 &&
    values.every(([attribute, value]) => isConsent(attribute) && value === true)
  )
}

/** The opt-outs of a change that does more, as one that does not; undefined where there are none, or nothing else. */
export const optOutsOf = (change: Change): Change | undefined => {
  if (!optsOut(change) || onlyOptsOut(change)) return undefined
  const optOuts = Object.entries(valuesOf(change)).filter(
    ([attribute, value]) => isConsent(attribute) && value === true,
  )
  return { ...change, action: 'update', set: Object.fromEntries(optOuts), restate: {} }
}

export const laneOf = (change: Change): Lane => (touchesConsent(change) ? 'consent' : 'changes')

/** The changes of one delivery by lane: those of one match travel together, by the lane of consent if one touches it. */
export const byLane = (
  changes: readonly Change[],
  groupOf: (entry: MatchEntry) => string,
): Readonly<Record<Lane, readonly Change[]>> => {
  const nameOf = ({ match: [first] }: Change): string => groupOf(first)
  const groups = new Set(changes.filter(touchesConsent).map(nameOf))
  const travels = (lane: Lane) => (change: Change) => groups.has(nameOf(change)) === (lane === 'consent')
  return { changes: changes.filter(travels('changes')), consent: changes.filter(travels('consent')) }
}
