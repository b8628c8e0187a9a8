// What is known of each change of one batch while it is worked: its end, what it has cost, where it was led.
import { type Change, valuesOf } from '../change/change.ts'
import { type Outcome, UNEXPECTED } from '../change/outcome.ts'
import { isConsent } from '../change/profile.ts'
import { errorName, type Log } from '../runtime/log.ts'
import type { Pseudonym } from '../runtime/pseudonym.ts'
import type { Call } from './campaign/exchange.ts'
import { type Ended, endOf } from './outcome-of-error.ts'

/** How one change ended, and what it cost. Engine calls of a merged write are booked on its first change. */
export type Settled = {
  readonly outcome: Outcome
  readonly engineCalls: number
  /** The ledger's pseudonym of the profile it was led to last. */
  readonly profile?: string | undefined
}

export type Tally = {
  /** For the change that its cost is booked on, and all that are worked with it. */
  readonly callFor: (change: Change, group?: readonly Change[]) => Call
  /** A record that is not there where one had just been seen is looked for again later. */
  readonly end: (change: Change, ended: Ended | undefined) => void
  readonly ledTo: (change: Change, identity: string) => void
  readonly outcomeOf: (change: Change) => Outcome | undefined
  readonly isErased: (change: Change) => boolean
  readonly callsOf: (change: Change) => number
  readonly profileOf: (change: Change) => string | undefined
  /** The end that an error means; what nobody foresaw is deferred and logged by name. */
  readonly foreseen: (change: Change, error: unknown) => Ended
  readonly settled: (changes: readonly Change[]) => ReadonlyMap<Change, Settled>
}

const SUPERSEDED: Outcome = { outcome: 'superseded' }

/** `deadline` is epoch milliseconds. */
export const createTally = (deadline: number, pseudonym: Pseudonym, log: Log): Tally => {
  const outcomes = new Map<Change, Outcome>()
  const calls = new Map<Change, number>()
  const profiles = new Map<Change, string>()
  const erased = new Set<Change>()
  return {
    callFor: (change, group = [change]) => ({
      deadline,
      count: () => calls.set(change, (calls.get(change) ?? 0) + 1),
      subject: pseudonym(change.match[0].attribute, change.match[0].value),
      isConsent: group.some((one) => Object.keys(valuesOf(one)).some(isConsent)),
      hasBegun: () => group.some((one) => calls.has(one)),
    }),
    end: (change, ended) => {
      if (ended?.outcome === 'erased') {
        erased.add(change)
        outcomes.set(change, SUPERSEDED)
      } else outcomes.set(change, ended === undefined || ended.outcome === 'not-found' ? UNEXPECTED : ended)
    },
    ledTo: (change, identity) => profiles.set(change, identity),
    outcomeOf: (change) => outcomes.get(change),
    isErased: (change) => erased.has(change),
    callsOf: (change) => calls.get(change) ?? 0,
    profileOf: (change) => profiles.get(change),
    foreseen: ({ id, source }, error) => {
      try {
        return endOf(error)
      } catch {
        log.error('change.unexpected', { changeId: id, source, cause: errorName(error) })
        return UNEXPECTED
      }
    },
    settled: (changes) =>
      new Map(
        changes.map((change) => [
          change,
          {
            outcome: outcomes.get(change) ?? UNEXPECTED,
            engineCalls: calls.get(change) ?? 0,
            profile: profiles.get(change),
          },
        ]),
      ),
  }
}
