// Campaign does not know a URL: is it the value a sender gave, or is the whole endpoint away? Only another URL can tell.
import { CampaignError, type Fault } from './campaign-error.ts'

/**
 * Runs `work`; where Campaign answers that it does not know the URL, asks `probe`: the same endpoint without the sender's
 * value. If that answers, the value is at fault: `key-malformed` where Campaign says as much, else unexplained. If it
 * does not, everything waits. Asked anew each time: an endpoint that was there a moment ago may be gone now. Throws
 * CampaignError.
 */
export const confirmUrl = async <Result>(
  work: () => Promise<Result>,
  probe: () => Promise<unknown>,
): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof CampaignError) || error.fault.kind !== 'bad-url') throw error
    await probe().catch((second: unknown): never => {
      if (!(second instanceof CampaignError)) throw second
      throw new CampaignError(second.message, faultOfWhole(second.fault), second)
    })
    const fault: Fault = error.fault.isNamed
      ? { kind: 'refused', code: 'key-malformed' }
      : { kind: 'unexplained' }
    throw new CampaignError(error.message, fault, error)
  }
}

/** A probe carries nobody's value: whatever it meets is no change's fault. */
export const faultOfWhole = (fault: Fault): Fault => {
  if (fault.kind === 'whole' || fault.kind === 'unsent') return fault
  const isUnknown = fault.kind === 'bad-url' || fault.kind === 'not-found' || fault.kind === 'refused'
  return { kind: 'whole', code: isUnknown ? 'endpoint-unknown' : 'unavailable' }
}
