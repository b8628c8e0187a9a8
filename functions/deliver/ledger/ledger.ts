// The ledger's words: who may write a profile now, and which version of each attribute was the last.
import type { Clock } from '../../change/clock.ts'
import type { ConsentSent } from '../../change/consent-sent.ts'
import type { Clocks } from '../../change/merge.ts'
import { LONGEST_AGE_MILLISECONDS } from '../../change/message.ts'
import type { Mark } from './in-hand.ts'

/** The right to write one profile, until `until` (epoch ms) unless it is given back. */
export type Lease = {
  readonly identity: string
  readonly owner: string
  readonly until: number
  /** What had been written when the lease was taken. */
  readonly clocks: Clocks
  /** The flags we sent; undefined where none ever was. */
  readonly consentSent: ConsentSent | undefined
  /** Changes up to this moment are of a person who was erased. */
  readonly tombstone: Clock | undefined
  /** A deletion of this moment was about to be sent, and no answer has confirmed it: the profile may be there still, or not. */
  readonly deleting: Clock | undefined
  /** When the lease before this one ended or would have; undefined where there was none. Epoch ms. */
  readonly lastEndedAt: number | undefined
  /** How often it was taken before and neither given back nor shortened: whoever held it has died, or was stopped. */
  readonly attempts: number
  /** The changes that are in hand under it, by name (see `Names`): those it was taken for, unless they are worked alone. */
  readonly names: readonly string[]
  /** Which changes those who have died had in hand; also where others have ended well since. */
  readonly marks: readonly Mark[]
}

export type Wanted = Pick<Lease, 'identity' | 'owner' | 'until' | 'names'>

/** What is known of a profile, or of a name that one could be found by. */
export type Remembered = Pick<Lease, 'clocks' | 'consentSent' | 'tombstone' | 'deleting'>

/** Every function throws LedgerError where the ledger cannot be asked. */
export type Ledger = {
  /** Takes the lease and reads the clocks, in one conditional write; undefined while somebody else holds it. */
  readonly take: (wanted: Wanted) => Promise<Lease | undefined>
  /** Notes that nothing but what it names is in hand from now on, while it is still ours; false where it is not. */
  readonly begin: (lease: Lease) => Promise<boolean>
  /** Records clocks, and all that is known of flags sent, while the lease is still ours; false where it is not. */
  readonly record: (lease: Lease, clocks: Clocks, sent?: ConsentSent) => Promise<boolean>
  /**
   * Ends the lease, recording the same in the same write; false where it was not ours any more. Who has died of what is
   * in hand counts no more, unless that is passed on: not begun yet, or to go on under another lease.
   */
  readonly giveBack: (
    lease: Lease,
    clocks: Clocks,
    sent?: ConsentSent,
    isPassed?: boolean,
  ) => Promise<boolean>
  /** Lets the lease run out at `until` (epoch ms): a write may land until then. */
  readonly shorten: (lease: Lease, until: number) => Promise<void>
  /** Forgets all that was recorded for these, while the lease is still ours: the record they were of is gone; false where it is not. */
  readonly restart: (lease: Lease, clocks: Clocks, sent?: ConsentSent) => Promise<boolean>
  /** What is known, without taking the lease. */
  readonly read: (identity: string) => Promise<Remembered>
  /** Remembers that a deletion of this clock is about to be sent; an earlier one never replaces a later one. */
  readonly intend: (identity: string, clock: Clock) => Promise<void>
  /** Forgets that, since nobody was deleted; a later one stays. */
  readonly spare: (identity: string, clock: Clock) => Promise<void>
  /** Remembers that the person was erased at this clock; an earlier one never replaces a later one. */
  readonly bury: (identity: string, clock: Clock) => Promise<void>
}

/** The ledger cannot be asked just now; whatever was to be decided has to wait. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError'
  readonly code = 'ledger-unavailable'
  readonly retryable = true
  constructor(cause: unknown) {
    super('the ledger cannot be asked', { cause })
  }
}

/** The lease ran out under us and somebody else has it: what was written is theirs to judge. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
  readonly code = 'lease-lost'
  readonly retryable = true
}

/**
 * Stands among the clocks of a profile without a key from when it was about to get one: who has matched it before must
 * look whether the ledger knows it by its key now. No change ever writes an attribute of this name.
 */
export const RENAMED = 'PKey'

/** How far apart workers' clocks may be; a lease is believed to have run out only when nobody's clock can doubt it. */
export const CLOCK_SKEW_MILLISECONDS = 2000

/** How long the ledger believes what it has noted against a change: a day longer than any is tried. */
export const KEPT_MILLISECONDS = LONGEST_AGE_MILLISECONDS + 24 * 60 * 60 * 1000
