// Campaign, with every fault told to the breaker as the caller hears it: after it is known whether a change is to blame.
import type { Campaign } from '../campaign/campaign.ts'
import type { Call } from '../campaign/exchange.ts'
import type { Breaker } from './breaker.ts'

export const watchedCampaign = (campaign: Campaign, breaker: Pick<Breaker, 'met'>): Campaign => {
  const told = async <Result>(work: Promise<Result>, call: Call): Promise<Result> => {
    try {
      return await work
    } catch (error) {
      await breaker.met(error, call)
      throw error
    }
  }
  return {
    // What is asked for nobody is told to nobody.
    ...campaign,
    find: (entry, call) => told(campaign.find(entry, call), call),
    read: (address, call) => told(campaign.read(address, call), call),
    patch: (address, values, call) => told(campaign.patch(address, values, call), call),
    prepare: (values, call) => told(campaign.prepare(values, call), call),
    prepareNew: (values, call) => told(campaign.prepareNew(values, call), call),
    create: (values, call) => told(campaign.create(values, call), call),
    remove: (PKey, call) => told(campaign.remove(PKey, call), call),
  }
}
