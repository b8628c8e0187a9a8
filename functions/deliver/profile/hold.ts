// Taking leases, several in one order, and ending them as what happened under them demands.
import type { Change } from '../../change/change.ts'
import type { Time } from '../../runtime/time.ts'
import { CampaignError } from '../campaign/campaign-error.ts'
import { RESERVE_MILLISECONDS } from '../invocation.ts'
import { begunWith } from '../ledger/in-hand.ts'
import { type Lease, LeaseLost, type Ledger, LedgerError } from '../ledger/ledger.ts'
import { HandedBack } from '../suspect/handed-back.ts'
import type { Names } from '../suspect/names.ts'

export type Hold = {
  /** The lease, or undefined where somebody else still has it after two seconds. Throws LedgerError. */
  readonly take: (
    identity: string,
    deadline: number,
    changes?: readonly Change[],
  ) => Promise<Lease | undefined>
  /** All of them or none, in sorted order, so that two who want the same ones do not wait for each other. Throws LedgerError. */
  readonly takeAll: (
    identities: Iterable<string>,
    deadline: number,
    changes: readonly Change[],
  ) => Promise<readonly Lease[] | undefined>
  /**
   * Before a change is worked alone: whoever dies from now on dies of it and no other. Answers the lease for its work; the
   * one that was begun under it before has ended. Throws LedgerError or LeaseLost.
   */
  readonly begin: (lease: Lease, change: Change) => Promise<Lease>
  /** Gives the leases back; after an error that means a lost answer they run out when the write can no longer land. */
  readonly end: (leases: readonly Lease[], error?: unknown) => Promise<void>
  /** Gives a lease back under which nothing was done, or to be taken again for the same work: who has died of it before still counts. */
  readonly pass: (lease: Lease) => Promise<void>
}

export type HoldOptions = {
  readonly ledger: Ledger
  readonly landingMilliseconds: number
  readonly time: Time
  /** A lease owner's name nobody else has. */
  readonly newOwner: () => string
  /** By what the ledger knows a change while it is in hand. */
  readonly nameOf: Names['nameOf']
}

/** How long a lease that somebody else holds is waited for. */
const LEASE_WAIT_MILLISECONDS = 2000
const LEASE_POLL_MILLISECONDS = 200
/** A lease that nobody ended counts as a death of who was worked, so a ledger that fails some of its calls is asked again. */
const END_TRIES = 5
const END_PAUSE_MILLISECONDS = 200
/** How long after the deadline: half of what is kept then. */
const END_RESERVE_MILLISECONDS = RESERVE_MILLISECONDS / 2

export const createHold = (options: HoldOptions): Hold => {
  const { ledger, landingMilliseconds, time, newOwner, nameOf } = options

  const take: Hold['take'] = async (identity, deadline, changes = []) => {
    const giveUpAt = Math.min(time.now() + LEASE_WAIT_MILLISECONDS, deadline)
    const until = deadline + landingMilliseconds
    const wanted = { identity, owner: newOwner(), until, names: [...new Set(changes.map(nameOf))] }
    for (;;) {
      const lease = await ledger.take(wanted)
      if (lease || time.now() + LEASE_POLL_MILLISECONDS > giveUpAt) return lease
      await time.sleep(LEASE_POLL_MILLISECONDS)
    }
  }

  /** What cannot be ended runs out by itself. */
  const tellEnd = async (
    { until }: Pick<Lease, 'until'>,
    ending: () => Promise<unknown>,
    tries = 1,
  ): Promise<void> => {
    try {
      await ending()
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      const pause = tries * END_PAUSE_MILLISECONDS
      const isTooLate = time.now() + pause > until - landingMilliseconds + END_RESERVE_MILLISECONDS
      if (tries === END_TRIES || isTooLate) return
      await time.sleep(pause)
      await tellEnd({ until }, ending, tries + 1)
    }
  }

  const pass: Hold['pass'] = (lease) => tellEnd(lease, () => ledger.giveBack(lease, {}, undefined, true))

  const end: Hold['end'] = async (leases, error) => {
    const { fault } = error instanceof CampaignError ? error : { fault: undefined }
    // Not begun, or to be looked for by another name or made now: it has not ended.
    if (error instanceof HandedBack || fault?.kind === 'not-found') {
      await Promise.all(leases.map(pass))
      return
    }
    const sentAt = fault?.kind === 'lost' ? fault.sentAt : undefined
    const endOne = (lease: Lease): Promise<unknown> =>
      sentAt === undefined ? ledger.giveBack(lease, {}) : ledger.shorten(lease, sentAt + landingMilliseconds)
    await Promise.all(leases.map((lease) => tellEnd(lease, () => endOne(lease))))
  }

  return {
    take,
    end,
    pass,
    begin: async (lease, change) => {
      const begun = begunWith(lease, nameOf(change))
      if (!(await ledger.begin(begun))) throw new LeaseLost()
      return begun
    },
    takeAll: async (identities, deadline, changes) => {
      const leases: Lease[] = []
      try {
        for (const identity of [...new Set(identities)].toSorted()) {
          const lease = await take(identity, deadline, changes)
          if (!lease) {
            await Promise.all(leases.map(pass))
            return undefined
          }
          leases.push(lease)
        }
        return leases
      } catch (error) {
        await Promise.all(leases.map(pass))
        throw error
      }
    },
  }
}
