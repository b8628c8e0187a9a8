// Faults: what the network or Campaign's operator does to chosen requests.
import * as z from 'zod'
import { type Answer, type HttpAnswer, textAnswer } from './answer.ts'
import { namesAllowed, parseControl } from './control-refusal.ts'
import type { EngineErrors } from './engine-error.ts'
import { gatewayError, invalidProfile, invalidToken, oops, tooManyRequests } from './gateway.ts'

const strict = <Shape extends z.ZodRawShape>(what: string, shape: Shape) =>
  z.strictObject(shape, { error: namesAllowed(what, Object.keys(shape)) })

const answers = ['status', 'reset', 'hang', 'appliedButLost', 'garbage', 'applyAfterMs'] as const
const on = z.literal(true).optional()

const FaultAnswer = strict('answer', {
  status: z.number().int().min(200).max(599).optional(),
  /** Seconds, with `status` only. */
  retryAfter: z.number().int().min(0).optional(),
  /** Instead of the body that the status usually has, with `status` only. */
  body: z.string().optional(),
  reset: on,
  hang: on,
  appliedButLost: on,
  garbage: on,
  applyAfterMs: z.number().min(0).optional(),
})
  .refine((answer) => answers.filter((name) => answer[name] !== undefined).length === 1, {
    error: `exactly one of ${answers.join(', ')} is needed`,
  })
  .refine(({ status, retryAfter, body }) => status !== undefined || (retryAfter ?? body) === undefined, {
    error: 'retryAfter and body go with status only',
  })
export type FaultAnswer = z.infer<typeof FaultAnswer>

const Fault = strict('name', {
  match: strict('match', { method: z.string().optional(), path: z.string().optional() }).default({}),
  times: z.number().int().min(1).default(1),
  answer: FaultAnswer,
})
type Fault = z.infer<typeof Fault>
export type FaultInput = z.input<typeof Fault>

export const createFaults = () => {
  let faults: Fault[] = []
  const read = (given: unknown) => parseControl(z.array(Fault), 'faults', given)
  return {
    add: (given: unknown) => {
      faults.push(...read(given))
    },
    replace: (given: unknown) => {
      faults = read(given)
    },
    /** The first that matches the method and the beginning of the raw path; used up after its `times`. */
    take: (method: string, path: string): FaultAnswer | undefined => {
      const fault = faults.find(
        ({ match }) =>
          (match.method === undefined || match.method.toUpperCase() === method) &&
          path.startsWith(match.path ?? ''),
      )
      if (!fault) return undefined
      fault.times -= 1
      if (fault.times === 0) faults = faults.filter((other) => other !== fault)
      return fault.answer
    },
  }
}

const bodyOfStatus = (errors: EngineErrors, status: number, retryAfter: number | undefined): HttpAnswer => {
  switch (status) {
    case 401:
      return invalidToken()
    case 403:
      return invalidProfile()
    case 404:
      return errors.badUrl('rest')
    case 429:
      return tooManyRequests(retryAfter)
    case 502:
    case 504:
      return oops(status)
    case 503:
      return gatewayError(503, '503010', 'Could not validate the oauth token')
    default:
      return status < 400 ? textAnswer(status, []) : { ...errors.failure(), status }
  }
}

const json = { 'content-type': 'application/json;charset=utf-8' }

const bodyAsGiven = (status: number, body: string): HttpAnswer =>
  body.startsWith('{') ? { kind: 'answer', status, headers: json, body } : textAnswer(status, [body])

/** The answer of a fault that keeps the request from Campaign; undefined when Campaign still gets it. */
export const answerFault = (fault: FaultAnswer, errors: EngineErrors): Answer | undefined => {
  const { status, retryAfter, body } = fault
  if (fault.reset) return { kind: 'reset' }
  if (fault.hang) return { kind: 'hang' }
  if (fault.garbage) return bodyAsGiven(200, '{"PKey":"@')
  if (status === undefined) return undefined
  const usual = body === undefined ? bodyOfStatus(errors, status, retryAfter) : bodyAsGiven(status, body)
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  return { ...usual, headers: { ...usual.headers, ...headers } }
}
