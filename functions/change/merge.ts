// Many changes of one profile become the one set of values that stands, in whatever order they came.
import { type Change, type Value, valuesOf } from './change.ts'
import { type Clock, clockOf } from './clock.ts'

/** One value and since when it stands. */
export type Version = { readonly clock: Clock; readonly value: Value }
/** Attribute to version. */
export type Versions = Readonly<Record<string, Version>>
/** What the ledger remembers: attribute to clock, never a value. */
export type Clocks = Readonly<Record<string, Clock>>

/** What one change would write, each value with its clock. */
export const versionsOf = (change: Change): Versions =>
  Object.fromEntries(
    Object.entries(valuesOf(change)).map(([attribute, value]) => [
      attribute,
      { clock: clockOf(change, attribute, value), value },
    ]),
  )

/** Takes the greater clock of each attribute. Associative, commutative, idempotent. */
export const merge = (left: Versions, right: Versions): Versions => {
  const merged: Record<string, Version> = { ...left }
  for (const [attribute, version] of Object.entries(right)) {
    const held = merged[attribute]
    if (held === undefined || isNewer(version, held)) merged[attribute] = version
  }
  return merged
}

/** What is left of the versions when everything the ledger has seen, or newer, is taken away. */
export const newerThan = (versions: Versions, clocks: Clocks): Versions =>
  Object.fromEntries(
    Object.entries(versions).filter(([attribute, version]) => {
      const seen = clocks[attribute]
      return seen === undefined || version.clock > seen
    }),
  )

export const clocksOf = (versions: Versions): Clocks =>
  Object.fromEntries(Object.entries(versions).map(([attribute, version]) => [attribute, version.clock]))

// Two values under one clock mean that a sender used an id twice; the value then decides, so that order never does.
const isNewer = (candidate: Version, held: Version): boolean =>
  candidate.clock > held.clock ||
  (candidate.clock === held.clock && JSON.stringify(candidate.value) > JSON.stringify(held.value))
