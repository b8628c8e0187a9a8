// What the Lambda service does around a handler: a context, a time-out, and an answer that is JSON.
import { randomUUID } from 'node:crypto'
import type { Context } from 'aws-lambda'
import { realTime, type Time } from '../../../functions/runtime/time.ts'
import { limits } from '../../limits.ts'
import { ACCOUNT_ID, REGION } from './aws-clients.ts'

/** A function as the Lambda service sees it. */
export type LambdaHandler<Event> = (event: Event, context: Context) => Promise<unknown>

/** Where faults of a function are told; the Lambda service writes them to the function's log. */
export type Report = (message: string, cause: unknown) => void

export type FunctionSettings = {
  readonly name: string
  readonly timeoutMilliseconds?: number
  readonly time?: Time
  readonly report?: Report
}

/**
 * How a run ended: `payload` is what Lambda would send, as JSON text. `settled` resolves when the handler itself has
 * ended, which after a time-out is later: AWS kills the sandbox, one process cannot.
 */
export type FunctionRun = {
  readonly failed: boolean
  readonly payload: string
  readonly settled: Promise<void>
}

/** One line on standard error. */
export const reportOnStandardError: Report = (message, cause) => {
  process.stderr.write(
    `${message}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`,
  )
}

/** Runs `handler` once. Never rejects: a throw, an answer that is no JSON and a time-out are failed runs. */
export const runFunction = async <Event>(
  handler: LambdaHandler<Event>,
  event: Event,
  settings: FunctionSettings,
): Promise<FunctionRun> => {
  const {
    name,
    timeoutMilliseconds = limits.deliverTimeoutSeconds * 1000,
    time = realTime,
    report = reportOnStandardError,
  } = settings
  const context = lambdaContext(name, timeoutMilliseconds, time)
  const ended = new AbortController()

  const run = async () => {
    try {
      return { failed: false, payload: JSON.stringify(await handler(event, context)) ?? 'null' }
    } catch (cause) {
      report(`the function ${name} failed`, cause)
      if (!(cause instanceof Error)) return failure(typeof cause, String(cause))
      return failure(cause.name, cause.message, cause.stack?.split('\n'))
    } finally {
      ended.abort()
    }
  }
  const expire = async () => {
    await time.sleep(timeoutMilliseconds, ended.signal)
    const message = `Task timed out after ${(timeoutMilliseconds / 1000).toFixed(2)} seconds`
    if (!ended.signal.aborted) report(`the function ${name} failed`, message)
    return failure('Sandbox.Timedout', `RequestId: ${context.awsRequestId} Error: ${message}`)
  }

  const expiring = expire()
  const running = run()
  const settled = running.then(() => undefined)
  return { ...(await Promise.race([running, expiring])), settled }
}

const lambdaContext = (name: string, timeoutMilliseconds: number, time: Time): Context => {
  const deadline = time.now() + timeoutMilliseconds
  const endedByCallback = () => {
    throw new Error('end a handler by returning or throwing: Node 24 on Lambda has no callbacks')
  }
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${name}`,
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadline - time.now()),
    done: endedByCallback,
    fail: endedByCallback,
    succeed: endedByCallback,
  }
}

const failure = (errorType: string, errorMessage: string, trace?: string[]) => ({
  failed: true,
  payload: JSON.stringify({ errorType, errorMessage, trace }),
})
