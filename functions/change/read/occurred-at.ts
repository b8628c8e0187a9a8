// When an edit was made, believed only so far: a sender's clock may be ahead of ours, a change may not be from tomorrow.
import type { DecodeContext } from '../source.ts'
import type { Problem } from './problem.ts'

/** How far ahead of us a sender's clock may be before its times are not believed. */
const FUTURE_TOLERANCE_MILLISECONDS = 5 * 60 * 1000

/** What is wrong with a moment, epoch milliseconds, that lies too far ahead; it is not clamped, since each re-send would then be newer. */
export const futureProblem = (
  occurredAt: number,
  at: string,
  { now }: Pick<DecodeContext, 'now'>,
): Problem | undefined =>
  occurredAt > now + FUTURE_TOLERANCE_MILLISECONDS
    ? { code: 'future', detail: 'is more than five minutes ahead', pointer: `${at}/occurredAt` }
    : undefined
