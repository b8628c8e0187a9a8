// What an error says of Campaign as a whole: that it is there, that it is away, or nothing. Pure.
import { CampaignError } from '../campaign/campaign-error.ts'
import { NotAnswered } from '../campaign/transport.ts'

/** The engine has judged a change by its content: it works. */
export const isSignOfLife = ({ fault }: CampaignError): boolean => SIGNS_OF_LIFE.has(fault.kind)

const SIGNS_OF_LIFE: ReadonlySet<string> = new Set(['refused', 'not-found', 'exists'])
/** Faults of the whole, but no outage: Campaign answers and only wants fewer calls, or the call was never sent. */
const NO_OUTAGE: ReadonlySet<string> = new Set(['throttled', 'breaker-open', 'deadline'])

/** Wrong credentials or organization, Campaign ill or unreachable; not an answer that we did not wait long enough for. */
export const isOfWhole = (error: CampaignError, now: number, timeoutMilliseconds: number): boolean => {
  const { fault, code } = error
  if (NO_OUTAGE.has(code)) return false
  if (fault.kind !== 'whole' && fault.kind !== 'lost' && fault.kind !== 'unsent') return false
  return !isCutShort(error, now, timeoutMilliseconds)
}

/** Of a probe: its caller's deadline came before an answer could. */
export const taughtNothing = (error: unknown, now: number, timeoutMilliseconds: number): boolean =>
  error instanceof CampaignError && (error.code === 'deadline' || isCutShort(error, now, timeoutMilliseconds))

const isCutShort = ({ cause }: CampaignError, now: number, timeoutMilliseconds: number): boolean =>
  cause instanceof NotAnswered &&
  cause.code === 'timed-out' &&
  now - (cause.sentAt ?? now) < timeoutMilliseconds
