// Campaign refuses a change again and again without a reason, and nobody else succeeds: is it ill, or are they all bad?
import type { Time } from '../../runtime/time.ts'
import type { Campaign } from '../campaign/campaign.ts'
import { CampaignError } from '../campaign/campaign-error.ts'
import { faultOfWhole } from '../campaign/confirm-url.ts'
import type { Call } from '../campaign/exchange.ts'
import type { Breaker } from './breaker.ts'

/**
 * Asks for the collection, which carries nobody's value. Where that is not answered either, Campaign is ill, and what was
 * refused to the call's subject is a fault of the whole. Never throws but what nobody foresaw.
 */
export type Doubt = (call: Call) => Promise<void>

/** The answer serves all that are in doubt together. */
const ILL_MILLISECONDS = 1000
/** Bad changes come back for days, and the calls of a worker are paid for. */
const WELL_MILLISECONDS = 5 * 60 * 1000

export const createDoubt = (
  breaker: Pick<Breaker, 'met'>,
  time: Time,
  { probe }: Pick<Campaign, 'probe'>,
): Doubt => {
  let asked: Promise<CampaignError | undefined> | undefined
  let until = 0

  /** The fault of the whole that the collection meets; undefined where it is answered, or could not be asked. */
  const ask = async (call: Call): Promise<CampaignError | undefined> => {
    until = Number.POSITIVE_INFINITY
    try {
      await probe(call)
      until = time.now() + WELL_MILLISECONDS
      return undefined
    } catch (error) {
      until = time.now() + ILL_MILLISECONDS
      if (!(error instanceof CampaignError)) return undefined
      const fault = faultOfWhole(error.fault)
      return fault === error.fault ? error : new CampaignError(error.message, fault, error)
    }
  }

  return async (call) => {
    if (!asked || time.now() >= until) asked = ask(call)
    const fault = await asked
    if (fault) await breaker.met(fault, call)
  }
}
