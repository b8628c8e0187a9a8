// Changes are not even begun while Campaign is away: no lease, no search, no call.
import type { Metrics } from '../../runtime/metrics.ts'
import type { Campaign } from '../campaign/campaign.ts'
import type { Settle } from '../settle.ts'
import type { Breaker } from './breaker.ts'

export const behindBreaker =
  (
    settle: Settle,
    breaker: Pick<Breaker, 'wait'>,
    { probe }: Pick<Campaign, 'probe'>,
    metrics: Pick<Metrics, 'add'>,
  ): Settle =>
  async (changes, deadline) => {
    const retryAfterMilliseconds = await breaker.wait(deadline, probe)
    if (retryAfterMilliseconds === undefined) return settle(changes, deadline)
    metrics.add('BreakerOpen', 1)
    const outcome = { outcome: 'deferred', code: 'breaker-open', retryAfterMilliseconds } as const
    const end = { outcome, engineCalls: 0 }
    return new Map(changes.map((change) => [change, end]))
  }
