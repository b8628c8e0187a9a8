// `Prefer: wait`: asks deliver once, with a deadline, and tells what it heard. Whatever is not known has not happened.
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda'
import { type DeliverNowRequest, deliverNowAnswerSchema } from '../change/deliver-now.ts'
import type { Outcome } from '../change/outcome.ts'
import { errorName, type Log } from '../runtime/log.ts'

/** Deliver stops by itself at the deadline; after this much more its answer is not worth waiting for. */
const GRACE_MILLISECONDS = 2000

export type DeliverNow = (
  request: DeliverNowRequest,
  milliseconds: number,
) => Promise<readonly (Outcome | undefined)[]>

/** How each change ended, in order; undefined where nobody can say (deliver was busy, failed or did not answer). */
export const createDeliverNow =
  (lambda: LambdaClient, functionName: string, log: Log): DeliverNow =>
  async (request, milliseconds) => {
    try {
      const answer = await lambda.send(
        new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }),
        { abortSignal: AbortSignal.timeout(milliseconds + GRACE_MILLISECONDS) },
      )
      if (answer.FunctionError !== undefined) {
        log.warn('deliver-now.failed', { receipt: request.receipt })
        return request.changes.map(() => undefined)
      }
      const { results } = deliverNowAnswerSchema.parse(JSON.parse(answer.Payload?.transformToString() ?? ''))
      return request.changes.map((_change, position) => results[position])
    } catch (error) {
      log.warn('deliver-now.unanswered', { receipt: request.receipt, cause: errorName(error) })
      return request.changes.map(() => undefined)
    }
  }
