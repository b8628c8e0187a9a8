// Whether the entries of a change name two people, where that must not be decided by their order.
import type { Change } from '../../change/change.ts'
import type { Call } from '../campaign/exchange.ts'
import { type Found, holds } from './found.ts'
import type { Match } from './match.ts'

export const TWO_PROFILES = 'the match entries name different profiles'

/**
 * Of several entries the first that finds somebody decides; here every other must find the same one or nobody. One call
 * per entry that the profile does not hold. Throws CampaignError.
 */
export const namesAnother = async (
  { match: entries }: Change,
  found: Found,
  { match, businessKey }: { readonly match: Pick<Match, 'look'>; readonly businessKey: string | undefined },
  call: Call,
): Promise<boolean> => {
  for (const entry of entries) {
    if (holds(found, entry, businessKey)) continue
    const looked = await match.look([entry], call)
    const isAmbiguous = 'outcome' in looked && looked.outcome.outcome !== 'unmatched'
    if (isAmbiguous || ('found' in looked && looked.found.identity !== found.identity)) return true
  }
  return false
}
