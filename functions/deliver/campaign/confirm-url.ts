// Campaign does not know a URL: is it the value a sender gave, or is the whole endpoint away? Only another URL can tell.
import type { Time } from '../../runtime/time.ts'
import { CampaignError } from './campaign-error.ts'

export type ConfirmUrl = <Result>(
  work: () => Promise<Result>,
  probeName: string,
  probe: () => Promise<unknown>,
) => Promise<Result>

/** For how long an endpoint that answered is believed to be there, so that a run of bad keys costs one question. */
const BELIEVED_MILLISECONDS = 30_000

/**
 * Runs `work`; where Campaign answers that it does not know the URL, asks `probe`, the same endpoint without the
 * sender's value. If that answers, the value is at fault: `key-malformed` where Campaign says as much, else unexplained.
 * If it does not, everything waits: `endpoint-unknown`. Throws CampaignError.
 */
export const createConfirmUrl = (time: Time): ConfirmUrl => {
  const known = new Map<string, number>()
  return async (work, probeName, probe) => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof CampaignError) || error.fault.kind !== 'bad-url') throw error
      const { isNamed } = error.fault
      if ((known.get(probeName) ?? Number.NEGATIVE_INFINITY) <= time.now()) {
        await probe().catch((second: unknown) => {
          throw second instanceof CampaignError && second.fault.kind === 'bad-url'
            ? unknownEndpoint(second)
            : second
        })
        known.set(probeName, time.now() + BELIEVED_MILLISECONDS)
      }
      throw new CampaignError(
        error.message,
        isNamed ? { kind: 'refused', code: 'key-malformed' } : { kind: 'unexplained' },
        error,
      )
    }
  }
}

const unknownEndpoint = (cause: CampaignError): CampaignError =>
  new CampaignError(
    'Campaign does not know this endpoint at all',
    { kind: 'whole', code: 'endpoint-unknown' },
    cause,
  )
