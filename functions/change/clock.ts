// The version of one attribute of one profile, as text that sorts the way versions do.
import type { Change, Value } from './change.ts'
import { isConsent } from './profile.ts'

/** Sortable text. Compare with `<` (UTF-16 units); in the ledger it is ASCII, so bytes sort alike. */
export type Clock = string

/** From a day before 0000-01-01T00:00:00Z (an offset may reach back that far, RFC 3339) to 1970: no moment is negative. */
const BEFORE_YEAR_ZERO = 62_167_305_600_000
/** 36^10 is beyond the year 9999 in milliseconds, so ten digits sort as the number does. */
const TIME_DIGITS = 10
/** Sorts below every character an id may hold, so that an id sorts before its extensions. */
const END_OF_ID = ' '

/**
 * Orders by the moment, then (consent attributes) opted out above opted in, then the sequence as a number with
 * absent lowest, then the id by UTF-16 unit, then the source's name.
 */
export const clockOf = (change: Change, attribute: string, value: Value): Clock =>
  [
    (change.occurredAt + BEFORE_YEAR_ZERO).toString(36).padStart(TIME_DIGITS, '0'),
    isConsent(attribute) && value === true ? '1' : '0',
    sequenceText(change.sequence),
    change.id,
    END_OF_ID,
    change.source,
  ].join('')

/** The clock of a change as a whole, for what concerns no single attribute: order within a profile, erasure. */
export const changeClock = (change: Change): Clock => clockOf(change, '', false)

/** The moment of a clock, epoch milliseconds. */
export const momentOf = (clock: Clock): number =>
  Number.parseInt(clock.slice(0, TIME_DIGITS), 36) - BEFORE_YEAR_ZERO

/** Whether a consent attribute's clock is that of an opt-out. */
export const saysOptedOut = (clock: Clock): boolean => clock.charAt(TIME_DIGITS) === '1'

/** In the order in which the edits were made. */
export const oldestFirst = (changes: readonly Change[]): readonly Change[] => {
  const order = (left: Clock, right: Clock): number => (left === right ? 0 : left < right ? -1 : 1)
  return changes.toSorted((left, right) => order(changeClock(left), changeClock(right)))
}

/** Number of digits, then the digits: text of equal length compares as the number does. */
const sequenceText = (sequence: string | undefined): string => {
  if (sequence === undefined) return '00'
  const digits = sequence.replace(/^0+(?=\d)/, '')
  return `${digits.length.toString().padStart(2, '0')}${digits}`
}
