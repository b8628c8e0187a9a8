// The budget's words: one item of the ledger in which all workers find out when the next call may go, how fast Campaign
// bears it just now, and whether Campaign is there at all.

/** What Campaign showed of itself lately. It changes seldom; times are epoch milliseconds, 0 is never. */
export type Health = {
  /** The part of the pace that was left at `slowedAt`; it grows back from then on, or from the end of a pause. */
  readonly share: number
  readonly slowedAt: number
  /** Nothing is sent before: Campaign asked for it. */
  readonly pausedUntil: number
  /** Faults of the whole since the last success, and whom they met: how many are known to differ, one or two. */
  readonly faults: number
  readonly faultsSince: number
  readonly lastFaultAt: number
  readonly faultSubject: string
  readonly subjects: number
  /** When Campaign is asked again whether it is there; 0 while the breaker is closed. */
  readonly probeAt: number
  readonly probes: number
}

export const HEALTHY: Health = {
  share: 1,
  slowedAt: 0,
  pausedUntil: 0,
  faults: 0,
  faultsSince: 0,
  lastFaultAt: 0,
  faultSubject: '',
  subjects: 0,
  probeAt: 0,
  probes: 0,
}

export type BudgetState = {
  /** Grows with every change of the health: what was decided by an older one does not hold. */
  readonly revision: number
  /** The first moment (epoch ms) that is not given away. */
  readonly nextAt: number
  readonly health: Health
}

/** A piece of the schedule that a worker wants for itself; times are epoch milliseconds. */
export type Wanted = {
  /** The state it was decided by. */
  readonly revision: number
  readonly seenNextAt: number
  /** It begins no earlier, and no later. */
  readonly earliest: number
  readonly latest: number
  readonly milliseconds: number
}

/** Every function throws LedgerError where the ledger cannot be asked. */
export type BudgetStore = {
  readonly read: () => Promise<BudgetState>
  /**
   * Takes the piece in one conditional write and answers where it begins. What was seen decides how: behind what is given
   * away, or, where that was over before `earliest`, from there on. Undefined where neither revision nor times allow it.
   */
  readonly reserve: (wanted: Wanted) => Promise<number | undefined>
  /** Writes the health over that of `revision`; false where somebody else was first. */
  readonly change: (revision: number, health: Health) => Promise<boolean>
}

export const isOpen = ({ probeAt }: Health): boolean => probeAt > 0
