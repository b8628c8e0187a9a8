// A change that Campaign refuses without a reason: is it to blame, or is Campaign ill? Somebody else's success tells.
import type { Change } from '../../change/change.ts'
import type { PutAside } from '../../change/outcome.ts'
import { errorName, type Log } from '../../runtime/log.ts'
import type { Pseudonym } from '../../runtime/pseudonym.ts'
import type { Time } from '../../runtime/time.ts'
import type { Doubt } from '../budget/doubt.ts'
import { INVOCATION_MILLISECONDS } from '../invocation.ts'
import { type Evidence, REFUSALS, slotOf, type Unexplained } from '../ledger/evidence.ts'
import { CLOCK_SKEW_MILLISECONDS } from '../ledger/ledger.ts'
import { REASONS } from '../reasons.ts'
import type { Settle } from '../settle.ts'
import type { Settled } from '../tally.ts'

export type UnexplainedOptions = {
  readonly settle: Settle
  readonly evidence: Evidence
  /** Told of who is refused while nobody succeeds. */
  readonly doubt: Doubt
  readonly pseudonym: Pseudonym
  readonly time: Time
  readonly log: Log
}

/**
 * How often a worker that succeeds says so in the ledger, at most. One that has succeeded itself since needs not ask, so
 * this is for cold starts and for days with little to do; a parking that comes a minute later is no harm, and a worker
 * that is always busy writes 1440 times a day.
 */
const TOLD_EVERY_MILLISECONDS = 60 * 1000

/**
 * Settles, and parks what was refused three times without a reason while another profile's write succeeded after the
 * first: it is not Campaign that is ill. The ledger counts, because every try may be another worker's. Never throws.
 */
export const createJudgingSettle = (options: UnexplainedOptions): Settle => {
  const { settle, evidence, doubt, pseudonym, time, log } = options
  /** Slot of a profile to the latest moment after which a write of it has succeeded here. */
  const succeeded = new Map<string, number>()
  let toldAt = Number.NEGATIVE_INFINITY

  /** Where the ledger cannot be asked everything stays as it is, and is tried again. */
  const leaveIt = (error: unknown): void => log.warn('evidence.unavailable', { cause: errorName(error) })

  const subjectOf = ({ match: [{ attribute, value }] }: Change): string => pseudonym(attribute, value)
  const nameOf = (change: Change, { profile }: Settled): string => profile ?? subjectOf(change)

  const tellSuccess = async (identities: readonly string[], at: number): Promise<void> => {
    for (const identity of identities) succeeded.set(slotOf(identity), at)
    if (identities.length === 0 || time.now() - toldAt < TOLD_EVERY_MILLISECONDS) return
    toldAt = time.now()
    await evidence.noteSuccess(identities, at)
  }

  /** A success counts that had ended before this refusal: Campaign was well, then, and refused all the same. */
  const hasOtherSucceeded = async (identity: string, since: number, begun: Begun): Promise<boolean> => {
    const proves = ([slot, at]: readonly [string, number]): boolean =>
      slot !== slotOf(identity) && at > since + CLOCK_SKEW_MILLISECONDS
    if (begun.succeeded.some(proves)) return true
    const told = [...(await evidence.readSuccesses())]
    // Noted by the moment its invocation began, it ended within the longest at the latest.
    return told.some((one) => proves(one) && one[1] + INVOCATION_MILLISECONDS < begun.at)
  }

  /** Whether it was refused often enough while others were not; where nobody succeeds Campaign may be ill. */
  const judge = async (
    { change, end, identity }: Named,
    noted: Unexplained | undefined,
    begun: Begun,
  ): Promise<Settled> => {
    if (!noted || noted.count < REFUSALS) return end
    if (await hasOtherSucceeded(identity, noted.firstAt, begun)) {
      await evidence.forgetUnexplained(identity, changeName(change))
      return { ...end, outcome: PARKED }
    }
    let { engineCalls } = end
    const count = () => {
      engineCalls += 1
    }
    await doubt({ deadline: begun.deadline, count, subject: subjectOf(change) })
    return { ...end, engineCalls }
  }

  return async (changes, deadline) => {
    const begun: Begun = { at: time.now(), deadline, succeeded: [...succeeded] }
    const settled = new Map(await settle(changes, deadline))
    const named = [...settled].map(([change, end]) => ({ change, end, identity: nameOf(change, end) }))

    const writes = named.filter(({ end }) => WRITTEN.has(end.outcome.outcome))
    await tellSuccess([...new Set(writes.map(({ identity }) => identity))], begun.at).catch(leaveIt)

    const refused = named.filter(({ end: { outcome } }) => isUnexplained(outcome))
    const judgeProfile = async ([identity, members]: readonly [string, readonly Named[]]): Promise<void> => {
      const names = members.map(({ change }) => changeName(change))
      const noted = await evidence.noteUnexplained(identity, names, time.now())
      for (const one of members) {
        settled.set(one.change, await judge(one, noted[changeName(one.change)], begun))
      }
    }
    const profiles = Map.groupBy(refused, ({ identity }) => identity)
    await Promise.all([...profiles].map((profile) => judgeProfile(profile).catch(leaveIt)))
    return settled
  }
}

/** A change, its end, and the ledger's name of whom it was for. */
type Named = { readonly change: Change; readonly end: Settled; readonly identity: string }

/** When a settling began and when it must end (epoch ms), and the successes this worker had seen by then. */
type Begun = {
  readonly at: number
  readonly deadline: number
  readonly succeeded: readonly (readonly [string, number])[]
}

const WRITTEN: ReadonlySet<string> = new Set(['applied', 'created'])
const PARKED: PutAside = {
  outcome: 'parked',
  code: 'refused-unexplained',
  detail: REASONS['refused-unexplained'],
}

const isUnexplained = (outcome: Settled['outcome']): boolean =>
  outcome.outcome === 'deferred' && outcome.code === 'refused-unexplained'

/** A change's own name: what a sender never gives twice. */
const changeName = ({ id, source }: Change): string => `${id} ${source}`
