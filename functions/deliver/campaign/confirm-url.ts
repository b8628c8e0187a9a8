// Campaign does not know a URL: is it the value a sender gave, or is the whole endpoint away? Only another URL can tell.
import type { Time } from '../../runtime/time.ts'
import { CampaignError, type Fault } from './campaign-error.ts'

/** Runs `work`; where Campaign answers that it does not know the URL, asks `probe` who is at fault. */
export type ConfirmUrl = <Result>(
  work: () => Promise<Result>,
  probeName: string,
  probe: () => Promise<unknown>,
) => Promise<Result>

type Probe = { readonly sentAt: number; readonly answered: Promise<unknown> }

/**
 * `probe` asks the same endpoint without the sender's value. If that answers, the value is at fault: `key-malformed`
 * where Campaign says as much, else unexplained. If it does not, everything waits. Only a probe sent after the failed
 * answer counts: an endpoint that was there a moment ago may be gone now. Throws CampaignError.
 */
export const createConfirmUrl = (time: Time): ConfirmUrl => {
  const latest = new Map<string, Probe>()
  return async (work, probeName, probe) => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof CampaignError) || error.fault.kind !== 'bad-url') throw error
      const failedAt = time.now()
      const known = latest.get(probeName)
      const asked = known && known.sentAt >= failedAt ? known : { sentAt: failedAt, answered: probe() }
      latest.set(probeName, asked)
      await asked.answered.catch((second: unknown) => {
        throw second instanceof CampaignError
          ? new CampaignError(second.message, faultOfWhole(second.fault), second)
          : second
      })
      const { isNamed } = error.fault
      const fault: Fault = isNamed ? { kind: 'refused', code: 'key-malformed' } : { kind: 'unexplained' }
      throw new CampaignError(error.message, fault, error)
    }
  }
}

/** A probe carries nobody's value: whatever it meets is no change's fault. */
const faultOfWhole = (fault: Fault): Fault => {
  if (fault.kind === 'whole' || fault.kind === 'unsent') return fault
  const isUnknown = fault.kind === 'bad-url' || fault.kind === 'not-found' || fault.kind === 'refused'
  return { kind: 'whole', code: isUnknown ? 'endpoint-unknown' : 'unavailable' }
}
