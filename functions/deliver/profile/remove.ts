// Deletes a profile and remembers that, under the leases of everything that names it.
import type { Change } from '../../change/change.ts'
import { type Clock, changeClock } from '../../change/clock.ts'
import type { MatchBy } from '../../change/mapping.ts'
import type { Outcome, PutAside } from '../../change/outcome.ts'
import type { Pseudonym } from '../../runtime/pseudonym.ts'
import type { Campaign } from '../campaign/campaign.ts'
import { CampaignError } from '../campaign/campaign-error.ts'
import type { Call } from '../campaign/exchange.ts'
import { withNothingInHand } from '../ledger/in-hand.ts'
import { type Lease, type Ledger, RENAMED } from '../ledger/ledger.ts'
import { isAfter } from '../match/erased.ts'
import { type Found, namesOf } from '../match/found.ts'
import { ambiguous, type Looked, type Match } from '../match/match.ts'
import { namesAnother, TWO_PROFILES } from '../match/names-another.ts'
import { type Ended, endOf } from '../outcome-of-error.ts'
import { REASONS } from '../reasons.ts'
import { CRASHED, guiltyOf, isSuspicious } from '../suspect/crashed.ts'
import type { Names } from '../suspect/names.ts'
import type { Hold } from './hold.ts'
import { cannotLand } from './send-flags.ts'

/** Throws only what nobody foresaw. */
export type Remove = (change: Change, call: Call) => Promise<Ended>

export type RemoveOptions = {
  readonly campaign: Pick<Campaign, 'read' | 'remove'>
  readonly ledger: Ledger
  readonly hold: Hold
  readonly match: Pick<Match, 'look' | 'forget'>
  readonly verifies: boolean
  readonly businessKey: MatchBy['businessKey']
  readonly pseudonym: Pseudonym
  readonly nameOf: Names['nameOf']
}

export const createRemove = (options: RemoveOptions): Remove => {
  const { campaign, ledger, hold, match, verifies, pseudonym, nameOf } = options

  const everyName = (change: Change, looked: Looked): readonly string[] => [
    ...change.match.map(({ attribute, value }) => pseudonym(attribute, value)),
    ...('found' in looked ? namesOf(looked.found, options, pseudonym) : []),
  ]

  /** True where the record is gone, undefined where nobody could look. */
  const isGone = async (PKey: string, call: Call): Promise<boolean | undefined> => {
    try {
      await campaign.read({ PKey }, call)
      return false
    } catch (error) {
      return error instanceof CampaignError && error.fault.kind === 'not-found' ? true : undefined
    }
  }

  /** False where the record was not there any more. Throws CampaignError or SecretError. */
  const send = async (PKey: string, call: Call): Promise<boolean> => {
    try {
      await campaign.remove(PKey, call)
      return true
    } catch (error) {
      if (error instanceof CampaignError && error.fault.kind === 'not-found') return false
      throw error
    }
  }

  const removeFound = async (
    { identity, PKey }: Found,
    buried: { readonly names: readonly string[]; readonly clock: Clock },
    call: Call,
  ): Promise<Outcome> => {
    const { names, clock } = buried
    match.forget(identity)
    const wasThere = await send(PKey, call).catch(async (error: unknown) => {
      // Nobody was deleted, so nothing older is of somebody who was.
      if (cannotLand(error)) await Promise.all(names.map((name) => ledger.spare(name, clock))).catch(() => {})
      throw error
    })
    await Promise.all(names.map((name) => ledger.bury(name, clock)))
    if (!wasThere) return { outcome: 'unchanged', PKey }
    const verified = verifies ? await isGone(PKey, call) : undefined
    return { outcome: 'applied', PKey, changed: [], ...(verified !== undefined && { verified }) }
  }

  /** What it takes beyond them is added to `leases`. */
  const underLeases = async (change: Change, leases: Lease[], call: Call): Promise<Ended> => {
    const clock = changeClock(change)
    if (leases.some(({ tombstone = '', deleting = '' }) => tombstone > clock || deleting > clock))
      return { outcome: 'superseded' }
    const looked = await match.look(change.match, call)
    if (isAmbiguous(looked)) return looked.outcome
    const found = 'found' in looked ? looked.found : undefined
    if (found && (await namesAnother(change, found, options, call))) return ambiguous(TWO_PROFILES)
    const names = everyName(change, looked)
    const leased = new Set(leases.map(({ identity }) => identity))
    // A PKey may be named anew in each answer; a key or an email that changed meanwhile is somebody else's to write now.
    const PKeyName = found && pseudonym('PKey', found.PKey)
    if (names.some((name) => name !== PKeyName && !leased.has(name))) return MOVED
    // Made or shown by a new name since the first look: its clocks have to be seen, too.
    const isNew = found !== undefined && !leased.has(found.identity)
    const taken = isNew ? await hold.take(found.identity, call.deadline) : undefined
    if (taken) leases.push(taken)
    if (isNew && (!taken || RENAMED in taken.clocks)) return MOVED
    const own = leases.find(({ identity }) => identity === found?.identity)
    if (Object.values(own?.clocks ?? {}).some((held) => isAfter(held, clock))) return CHANGED_SINCE
    // First, under all of them: who dies after the sending, or hears no answer, finds neither the profile nor its names
    // again. A tombstone only after it: while the profile is there an older opt-out of it has to be heard.
    const all = [...new Set([...names, ...leased])]
    await Promise.all(all.map((name) => ledger.intend(name, clock)))
    if (found) return removeFound(found, { names: all, clock }, call)
    // No tombstone: unless one was confirmed there may never have been a profile, and older opt-outs wait for it.
    const isRepeated = leases.every(({ tombstone }) => tombstone === clock)
    return { outcome: isRepeated ? 'duplicate' : 'unchanged' }
  }

  return async (change, call) => {
    try {
      const first = await match.look(change.match, call)
      if (isAmbiguous(first)) return first.outcome
      const taken = await hold.takeAll(everyName(change, first), call.deadline, [change])
      if (!taken) return { outcome: 'deferred', code: 'lease-held' }
      const leases = [...taken]
      try {
        if (guiltyOf(leases, [change], nameOf).length > 0) {
          await hold.end(leases.map(withNothingInHand))
          return CRASHED
        }
        await call.turn?.(leases)
        if (isSuspicious(leases))
          await Promise.all(leases.map((lease) => hold.begin(withNothingInHand(lease), change)))
        const ended = await underLeases(change, leases, call)
        await hold.end(leases)
        return ended
      } catch (error) {
        await hold.end(leases, error)
        throw error
      }
    } catch (error) {
      return endOf(error)
    }
  }
}

const MOVED: Outcome = { outcome: 'deferred', code: 'lease-lost' }
const CHANGED_SINCE: PutAside = { outcome: 'parked', code: 'changed-since', detail: REASONS['changed-since'] }

const isAmbiguous = (looked: Looked): looked is { readonly outcome: PutAside } =>
  'outcome' in looked && looked.outcome.outcome !== 'unmatched'
