// undici without sockets: requests go straight to the emulator, so that time can be virtual. Answers, resets and hangs
// reach the handler the way undici's own client tells them.
import { Dispatcher } from 'undici'
import type { Campaign } from '../../infra/local/campaign/campaign.ts'
import { noteRequest } from './contract.ts'

type Handler = Dispatcher.DispatchHandler
type Controller = Dispatcher.DispatchController

const createController = (onAbort: (reason: Error) => void): Controller => {
  let reason: Error | null = null
  return {
    get aborted() {
      return reason !== null
    },
    get paused() {
      return false
    },
    get reason() {
      return reason
    },
    abort: (given) => {
      if (reason) return
      reason = given
      onAbort(given)
    },
    pause: () => {},
    resume: () => {},
  }
}

const headersOf = (headers: Dispatcher.DispatchOptions['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )

export class InProcessDispatcher extends Dispatcher {
  readonly #campaign: Campaign
  readonly #open = new Set<Controller>()
  constructor(campaign: Campaign) {
    super()
    this.#campaign = campaign
  }

  /** How many requests were put on the wire and have neither ended nor been given up. */
  openRequests(): number {
    return this.#open.size
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Handler): boolean {
    noteRequest(options.method, options.path)
    const fail = (error: Error) => {
      if (this.#open.delete(controller)) handler.onResponseError?.(controller, error)
    }
    const controller = createController(fail)
    this.#open.add(controller)
    handler.onRequestStart?.(controller, {})
    if (this.#open.has(controller)) void this.#exchange(options, handler, controller, fail)
    return true
  }

  async #exchange(
    options: Dispatcher.DispatchOptions,
    handler: Handler,
    controller: Controller,
    fail: (error: Error) => void,
  ): Promise<void> {
    const answer = await this.#campaign.handle({
      method: options.method,
      path: options.path,
      headers: headersOf(options.headers),
      body: typeof options.body === 'string' ? options.body : '',
    })
    if (!this.#open.has(controller) || answer.kind === 'hang') return
    if (answer.kind === 'reset')
      return fail(Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }))
    this.#open.delete(controller)
    handler.onResponseStart?.(controller, answer.status, answer.headers)
    handler.onResponseData?.(controller, Buffer.from(answer.body))
    handler.onResponseEnd?.(controller, {})
  }
}
