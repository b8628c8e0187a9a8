// The budget of one worker, put together: what Campaign is called through, and what holds changes back.
import type { Log } from '../../runtime/log.ts'
import type { Metrics } from '../../runtime/metrics.ts'
import type { Time } from '../../runtime/time.ts'
import type { Campaign } from '../campaign/campaign.ts'
import type { Send } from '../campaign/transport.ts'
import type { Settle } from '../settle.ts'
import { behindBreaker } from './behind-breaker.ts'
import { createBreaker } from './breaker.ts'
import type { BudgetStore } from './budget.ts'
import { createDoubt, type Doubt } from './doubt.ts'
import { createBudgetItem } from './item.ts'
import { createPacedSend, type PacedSend } from './paced-send.ts'
import { createSlots } from './slots.ts'
import { watchedCampaign } from './watched-campaign.ts'

export type Budget = {
  readonly paced: (send: Send) => PacedSend
  readonly watched: (campaign: Campaign) => Campaign
  readonly guard: (settle: Settle, campaign: Campaign) => Settle
  readonly doubt: (campaign: Campaign) => Doubt
}

export type BudgetOptions = {
  readonly store: BudgetStore
  readonly worker: string
  readonly callsPerSecond: number
  readonly timeoutMilliseconds: number
  readonly time: Time
  readonly random: () => number
  readonly log: Log
  readonly metrics: Metrics
}

export const assembleBudget = (options: BudgetOptions): Budget => {
  const { store, time } = options
  const item = createBudgetItem(store, time)
  const slots = createSlots({ ...options, item })
  const breaker = createBreaker({ ...options, item })
  return {
    paced: (send) => createPacedSend({ ...options, send, slots, item, breaker }),
    watched: (campaign) => watchedCampaign(campaign, breaker),
    guard: (settle, campaign) => behindBreaker(settle, breaker, campaign, options.metrics),
    doubt: (campaign) => createDoubt(breaker, time, campaign),
  }
}
