// Lambda's Invoke on one machine: runs a registered handler and waits for its answer.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
import type { Time } from '../../../functions/runtime/time.ts'
import { ACCOUNT_ID, REGION } from './aws-clients.ts'
import { type AwsAnswer, awsError, startAwsJsonServer } from './aws-json-server.ts'
import type { Listening } from './listen.ts'
import { type LambdaHandler, type Report, runFunction } from './run-function.ts'

/** Makes `handler` the function called `name`; it gets the payload as parsed from JSON. A name registered again is replaced. */
export type RegisterFunction = <Event>(
  name: string,
  handler: LambdaHandler<Event>,
  settings?: { readonly timeoutMilliseconds?: number },
) => void

export type LambdaSettings = { readonly time?: Time; readonly report?: Report }

/** Starts without functions on a free port of this machine. */
export const startLambda = async (
  settings: LambdaSettings = {},
): Promise<Listening & { registerFunction: RegisterFunction }> => {
  const functions = new Map<string, (payload: string) => Promise<AwsAnswer>>()

  const registerFunction: RegisterFunction = (name, handler, given) => {
    functions.set(name, async (payload) => {
      const input = parsed(payload)
      if (!input)
        return awsError(400, 'InvalidRequestContentException', 'Could not parse request body into json')
      const run = await runFunction(handler, input.event, { name, ...settings, ...given })
      return {
        status: 200,
        headers: {
          'x-amz-executed-version': '$LATEST',
          ...(run.failed && { 'x-amz-function-error': 'Unhandled' }),
        },
        body: run.payload,
      }
    })
  }

  const listening = await startAwsJsonServer(async ({ path, headers, body }) => {
    const encodedName = /^\/2015-03-31\/functions\/([^/]+)\/invocations(\?|$)/.exec(path)?.[1] ?? ''
    const name = decodeURIComponent(encodedName)
    const invoke = functions.get(name)
    if (!invoke) {
      const arn = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${name}`
      return awsError(404, 'ResourceNotFoundException', `Function not found: ${arn}`)
    }
    if ((headers['x-amz-invocation-type'] ?? 'RequestResponse') !== 'RequestResponse') {
      return awsError(400, 'InvalidParameterValueException', 'only RequestResponse is served here')
    }
    return invoke(body)
  })
  return { ...listening, registerFunction }
}

const parsed = (text: string) => {
  try {
    return { event: JSON.parse(text || '{}') }
  } catch {
    return undefined
  }
}
