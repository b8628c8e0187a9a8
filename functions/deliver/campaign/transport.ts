// One HTTP request out, told exactly: what came back, or that nothing did and whether it may still be under way.
import pLimit from 'p-limit'
import type { Dispatcher } from 'undici'
import type { Time } from '../../runtime/time.ts'

export type HttpRequest = {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * Epoch milliseconds: from `sendBefore` on nothing is put on the wire nor waited for; from `startBefore` on, where it is
 * given, this request is not put on the wire any more.
 */
export type SendLimits = {
  readonly timeoutMilliseconds: number
  readonly sendBefore: number
  readonly startBefore?: number
}

export type HttpAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
  /** When the request was put on the wire, epoch milliseconds. */
  readonly sentAt: number
}

export type NotAnsweredCode = 'too-late' | 'timed-out' | 'connection-failed'

/** No answer. `sentAt` is set when the request was put on the wire: then it may still take effect. */
export class NotAnswered extends Error {
  override readonly name = 'NotAnswered'
  readonly code: NotAnsweredCode
  readonly retryable = true
  readonly sentAt: number | undefined
  constructor(code: NotAnsweredCode, sentAt: number | undefined, cause?: unknown) {
    super(`no answer: ${code}`, { cause })
    this.code = code
    this.sentAt = sentAt
  }
}

export type Send = (request: HttpRequest, limits: SendLimits) => Promise<HttpAnswer>

/**
 * Sends over the dispatcher, at most `concurrency` at a time: undici does not let a request go that waits for a socket,
 * so none may wait there. Never retries. Throws NotAnswered and nothing else.
 */
export const createSend = (dispatcher: Dispatcher, time: Time, concurrency: number): Send => {
  const limit = pLimit(concurrency)
  return (request, limits) => limit(() => exchange(dispatcher, time, request, limits))
}

const exchange = async (
  dispatcher: Dispatcher,
  time: Time,
  request: HttpRequest,
  { timeoutMilliseconds, sendBefore, startBefore = sendBefore }: SendLimits,
): Promise<HttpAnswer> => {
  const isTooLate = () => time.now() >= Math.min(sendBefore, startBefore)
  if (isTooLate()) throw new NotAnswered('too-late', undefined)
  let sentAt: number | undefined
  let isOver = false
  let abort = (): void => {}

  const answered = new Promise<HttpAnswer>((resolve, reject) => {
    const chunks: Buffer[] = []
    let status = 0
    let headers: HttpAnswer['headers'] = {}
    dispatcher.dispatch(
      {
        origin: request.url.origin,
        path: request.url.pathname + request.url.search,
        method: request.method,
        headers: { ...request.headers },
        body: request.body ?? null,
      },
      {
        onRequestStart: (controller) => {
          // The last moment before the bytes leave, perhaps long after this was asked for: a function can be frozen.
          if (isOver || isTooLate()) {
            controller.abort(new NotAnswered('too-late', undefined))
            return
          }
          sentAt = time.now()
          abort = () => controller.abort(new NotAnswered('timed-out', sentAt))
        },
        onResponseStart: (_controller, statusCode, given) => {
          status = statusCode
          headers = given
        },
        onResponseData: (_controller, chunk) => {
          chunks.push(chunk)
        },
        onResponseEnd: () => {
          abort = () => {}
          const body = Buffer.concat(chunks).toString('utf8')
          resolve({ status, headers, body, sentAt: sentAt ?? time.now() })
        },
        onResponseError: (_controller, error) =>
          reject(error instanceof NotAnswered ? error : new NotAnswered('connection-failed', sentAt, error)),
      },
    )
  })
  // When the clock wins the race nobody listens to this one any more.
  answered.catch(() => {})

  const stopClock = new AbortController()
  const milliseconds = Math.min(timeoutMilliseconds, Math.max(0, sendBefore - time.now()))
  const timedOut = time.sleep(milliseconds, stopClock.signal).then(() => {
    if (isOver) return answered
    throw new NotAnswered('timed-out', sentAt)
  })
  try {
    return await Promise.race([answered, timedOut])
  } finally {
    isOver = true
    abort()
    // With a reason of its own no DOMException is made, for every call that was answered.
    stopClock.abort('over')
    timedOut.catch(() => {})
  }
}
