// What the ledger remembers of the flags we sent, so that a flag's time in Campaign tells whose word it was.
import type { Value, Values } from './change.ts'
import { type Clock, saysOptedOut } from './clock.ts'
import type { Versions } from './merge.ts'
import { isConsent } from './profile.ts'

/** One write of a flag. It may land from `from` until `until` (epoch ms): its answer, or LANDING_SECONDS while there is none. */
export type Sent = {
  readonly from: number
  readonly until: number
  /** The clock of what was sent; it says opted out or in. */
  readonly clock: Clock
  /** Of an opt-in nobody has answered: the opt-out that stands if it never landed. */
  readonly before?: Sent | undefined
}

/** Flag to the last write of it. */
export type ConsentSent = Readonly<Record<string, Sent>>

export const flagsIn = (versions: Versions): Versions =>
  Object.fromEntries(Object.entries(versions).filter(([attribute]) => isConsent(attribute)))

/** Whether a value opens a channel or a use of data again. */
export const optsIn = (attribute: string, value: Value): boolean => isConsent(attribute) && value === false

export const holdsOptIn = (values: Values): boolean =>
  Object.entries(values).some(([attribute, value]) => optsIn(attribute, value))

/** Our last opt-out of a flag that may be why it is closed. An opt-in of ours never is. */
export const optOutOf = (sent: Sent | undefined): Sent | undefined =>
  sent && (saysOptedOut(sent.clock) ? sent : sent.before)

/** What is to be recorded before these flags are sent, over what is known. */
export const sending = (
  flags: Versions,
  known: ConsentSent,
  from: number,
  landingMilliseconds: number,
): ConsentSent => ({
  ...known,
  ...Object.fromEntries(
    Object.entries(flags).map(([flag, { clock }]): [string, Sent] => {
      const before = saysOptedOut(clock) ? undefined : optOutOf(known[flag])
      return [flag, { from, until: from + landingMilliseconds, clock, ...(before && { before }) }]
    }),
  ),
})

/** What is to be recorded once they were answered: they have landed, so no write before them can be why a flag is as it is. */
export const answered = (flags: Versions, recorded: ConsentSent, until: number): ConsentSent => ({
  ...recorded,
  ...Object.fromEntries(
    Object.keys(flags).flatMap((flag) => {
      const sent = recorded[flag]
      return sent ? [[flag, { from: sent.from, until, clock: sent.clock }]] : []
    }),
  ),
})
