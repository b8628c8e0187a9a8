// MODE=observe: the very work that writes, before a Campaign and a ledger that only read. What would be written is
// remembered as long as one piece of work lasts, so that its later steps see it.
import { toObserved } from '../batch/ending.ts'
import type { Campaign } from '../campaign/campaign.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Match } from '../match/match.ts'
import type { Ended } from '../outcome-of-error.ts'
import type { ProfileWork } from '../profile/profile-work.ts'
import { rehearsedCampaign } from './rehearsed-campaign.ts'
import { rehearsedLedger } from './rehearsed-ledger.ts'

/** What work on profiles is done with. */
export type Tools = { readonly campaign: Campaign; readonly ledger: Ledger; readonly match: Match }

/** Each says how the change would have ended. */
export const createObserve = (
  { campaign, ledger, match }: Tools,
  createWork: (tools: Tools) => ProfileWork,
): ProfileWork => {
  const rehearse = () => {
    let identity: string | undefined
    const look: Match['look'] = async (...given) => {
      const looked = await match.look(...given)
      if ('found' in looked) identity ??= looked.found.identity
      return looked
    }
    const work = createWork({
      campaign: rehearsedCampaign(campaign),
      ledger: rehearsedLedger(ledger),
      match: { ...match, look, forget: () => {} },
    })
    /** With the profile, which nobody else knows who did not match it. Whoever has none may wait for one: that is no end yet. */
    const told = (end: Ended): Ended =>
      end.outcome === 'deferred' ||
      end.outcome === 'not-found' ||
      end.outcome === 'erased' ||
      end.outcome === 'unmatched'
        ? end
        : toObserved(end, identity)
    return { work, told }
  }

  return {
    apply: (group, call) => rehearse().work.apply(group, call),
    makeSure: async (changes, call) => {
      const { work, told } = rehearse()
      const ended = await work.makeSure(changes, call)
      return new Map([...ended].map(([change, end]) => [change, told(end)]))
    },
    remove: async (change, call) => {
      const { work, told } = rehearse()
      return told(await work.remove(change, call))
    },
  }
}
