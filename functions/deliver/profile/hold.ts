// Taking leases, several in one order, and ending them as what happened under them demands.
import type { Time } from '../../runtime/time.ts'
import { CampaignError } from '../campaign/campaign-error.ts'
import { type Lease, type Ledger, LedgerError } from '../ledger/ledger.ts'

export type Hold = {
  /** The lease, or undefined where somebody else still has it after two seconds. Throws LedgerError. */
  readonly take: (identity: string, deadline: number) => Promise<Lease | undefined>
  /** All of them or none, in sorted order, so that two who want the same ones do not wait for each other. Throws LedgerError. */
  readonly takeAll: (identities: Iterable<string>, deadline: number) => Promise<readonly Lease[] | undefined>
  /** Gives the leases back; after an error that means a lost answer they run out when the write can no longer land. */
  readonly end: (leases: readonly Lease[], error?: unknown) => Promise<void>
  /** Gives a lease back to be taken again for the same work: who has died of it before still counts. */
  readonly pass: (lease: Lease) => Promise<void>
}

export type HoldOptions = {
  readonly ledger: Ledger
  readonly landingMilliseconds: number
  readonly time: Time
  /** A lease owner's name nobody else has. */
  readonly newOwner: () => string
}

/** How long a lease that somebody else holds is waited for. */
const LEASE_WAIT_MILLISECONDS = 2000
const LEASE_POLL_MILLISECONDS = 200

export const createHold = ({ ledger, landingMilliseconds, time, newOwner }: HoldOptions): Hold => {
  const take: Hold['take'] = async (identity, deadline) => {
    const giveUpAt = Math.min(time.now() + LEASE_WAIT_MILLISECONDS, deadline)
    const wanted = { identity, owner: newOwner(), until: deadline + landingMilliseconds }
    for (;;) {
      const lease = await ledger.take(wanted)
      if (lease || time.now() + LEASE_POLL_MILLISECONDS > giveUpAt) return lease
      await time.sleep(LEASE_POLL_MILLISECONDS)
    }
  }

  /** What cannot be ended runs out by itself. */
  const unlessAway = async (ending: Promise<unknown>): Promise<void> => {
    await ending.catch((error: unknown) => {
      if (!(error instanceof LedgerError)) throw error
    })
  }

  const end: Hold['end'] = async (leases, error) => {
    const { fault } = error instanceof CampaignError ? error : { fault: undefined }
    const sentAt = fault?.kind === 'lost' ? fault.sentAt : undefined
    const endOne = (lease: Lease): Promise<unknown> =>
      sentAt === undefined ? ledger.giveBack(lease, {}) : ledger.shorten(lease, sentAt + landingMilliseconds)
    await Promise.all(leases.map((lease) => unlessAway(endOne(lease))))
  }

  return {
    take,
    end,
    pass: (lease) => unlessAway(ledger.giveBack(lease, {}, undefined, lease.attempts)),
    takeAll: async (identities, deadline) => {
      const leases: Lease[] = []
      try {
        for (const identity of [...new Set(identities)].toSorted()) {
          const lease = await take(identity, deadline)
          if (!lease) {
            await end(leases)
            return undefined
          }
          leases.push(lease)
        }
        return leases
      } catch (error) {
        await end(leases)
        throw error
      }
    },
  }
}
