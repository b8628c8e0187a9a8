// Requests to Campaign, each at its moment; what their answers say about the pace goes to everyone.
import type { Log } from '../../runtime/log.ts'
import type { Time } from '../../runtime/time.ts'
import { readRetryAfter } from '../campaign/campaign-error.ts'
import type { Call } from '../campaign/exchange.ts'
import {
  type HttpAnswer,
  type HttpRequest,
  NotAnswered,
  type Send,
  type SendLimits,
} from '../campaign/transport.ts'
import { LedgerError } from '../ledger/ledger.ts'
import type { Breaker } from './breaker.ts'
import type { Health } from './budget.ts'
import type { BudgetItem } from './item.ts'
import { slowed, throttled } from './pace.ts'
import type { Slots } from './slots.ts'
import { refusalWhileOpen } from './waiter.ts'

/** As Send; throws also CampaignError and LedgerError, then nothing was sent. */
export type PacedSend = (request: HttpRequest, limits: SendLimits, call: Call) => Promise<HttpAnswer>

export type PacedSendOptions = {
  readonly send: Send
  readonly slots: Slots
  readonly item: BudgetItem
  readonly breaker: Pick<Breaker, 'succeeded' | 'makeSure'>
  readonly time: Time
  readonly log: Log
}

/** An answer that took this part of the time-out is slow: at twice the wait nobody gets one. */
const SLOW_PART_OF_TIMEOUT = 2

export const createPacedSend = (options: PacedSendOptions): PacedSend => {
  const { send, slots, item, breaker, time, log } = options

  const tell = async (reason: string, next: (health: Health) => Health | undefined): Promise<void> => {
    try {
      if (await item.change(next)) log.warn('campaign.slowed', { reason })
    } catch (error) {
      // The next slow answer says it again.
      if (!(error instanceof LedgerError)) throw error
    }
  }

  const heed = async ({ status, headers, sentAt }: HttpAnswer, timeoutMilliseconds: number) => {
    const now = time.now()
    if (status === 429) {
      const header = headers['retry-after']
      const asked = readRetryAfter(typeof header === 'string' ? header : undefined, now)
      const retryAfter = asked === undefined ? {} : { retryAfterMilliseconds: asked }
      return tell('throttled', (health) => throttled(health, { sentAt, now, ...retryAfter }))
    }
    if (isSlow(sentAt, now, timeoutMilliseconds)) await tell('slow', (health) => slowed(health, sentAt, now))
    if (status >= 200 && status < 300) await breaker.succeeded()
  }

  return async (request, limits, call) => {
    for (let tries = 0; ; tries += 1) {
      const startBefore = await slots.take(call)
      // Once: where the ledger is slow, each look would cost the moment.
      if (tries === 0) await breaker.makeSure()
      const refusal = refusalWhileOpen(call, item.seen()?.health, time.now())
      if (refusal) throw refusal
      try {
        const answer = await send(request, { ...limits, startBefore })
        await heed(answer, limits.timeoutMilliseconds)
        return answer
      } catch (error) {
        if (!(error instanceof NotAnswered)) throw error
        const { code, sentAt } = error
        // The moment was over before the bytes could leave (a socket had to be opened, a sandbox stood still): another one.
        if (code === 'too-late' && time.now() < limits.sendBefore) continue
        const now = time.now()
        if (sentAt !== undefined && isSlow(sentAt, now, limits.timeoutMilliseconds))
          await tell('slow', (health) => slowed(health, sentAt, now))
        throw error
      }
    }
  }
}

const isSlow = (sentAt: number, now: number, timeoutMilliseconds: number): boolean =>
  now - sentAt >= timeoutMilliseconds / SLOW_PART_OF_TIMEOUT
