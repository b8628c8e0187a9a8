// The one line that says what happened to a customer's change: ids, names and outcome, never the person.
import type { Change } from '../../change/change.ts'
import { isMissed } from '../../change/lane.ts'
import type { DeliveryStamp } from '../../change/message.ts'
import { isFinal, isPutAside, type Outcome } from '../../change/outcome.ts'
import type { Log } from '../../runtime/log.ts'
import { type Metrics, parkedMetric } from '../../runtime/metrics.ts'
import type { Pseudonym } from '../../runtime/pseudonym.ts'
import type { Time } from '../../runtime/time.ts'
import type { End } from './put-aside.ts'

/** How often a change was handed out and sent on, and since when this try runs (epoch ms). */
export type Attempt = { readonly receives: number; readonly hop: number; readonly startedAt: number }

export type LogDelivered = (stamp: DeliveryStamp, change: Change, ended: End, attempt: Attempt) => void

/** A change that is tried again, or waits for its profile, is said to do so on its first and every tenth try. */
const EVERY = 10
const LONG_WAIT_MILLISECONDS = 60 * 60 * 1000

/** Counts what it says, so that the metrics and the lines agree. */
export const createLogDelivered =
  (log: Log, metrics: Metrics, pseudonym: Pseudonym, time: Time): LogDelivered =>
  ({ receipt, receivedAt }, change, { outcome, engineCalls }, { receives, hop, startedAt }) => {
    const now = time.now()
    const isWaiting = outcome.outcome === 'waiting'
    const tries = isWaiting ? hop + 1 : receives
    // What waits long is tried seldom, so it is said each time: a redrive has raised the hop, too.
    const isSaid =
      tries === 1 || tries % EVERY === 0 || (isWaiting && now - receivedAt >= LONG_WAIT_MILLISECONDS)
    if (!isFinal(outcome) && !isSaid) return
    const [first] = change.match
    log.info('change.delivered', {
      changeId: change.id,
      source: change.source,
      subject: pseudonym(first.attribute, first.value),
      attributes: [...new Set([...Object.keys(change.set), ...Object.keys(change.restate)])],
      outcome: outcome.outcome,
      code: 'code' in outcome ? outcome.code : undefined,
      ...(outcome.outcome === 'observed' && { changed: outcome.changed, profile: outcome.profile }),
      engineCalls,
      ms: now - startedAt,
      ageMs: now - receivedAt,
      receipt,
      index: change.index,
    })
    metrics.addChange(outcome.outcome)
    // The clocks of two machines; CloudWatch tells no percentiles of what was ever negative.
    if (isFinal(outcome)) metrics.add('Age', Math.max(0, now - receivedAt))
    if (isPutAside(outcome)) metrics.add(parkedMetric(outcome.code), 1)
    if (isUnfound(outcome) && isMissed(change)) {
      // A metric of its own: somebody has opted out whom Campaign does not know and may still write to.
      metrics.add('UnmatchedOptOut', 1)
      log.warn('consent.unmatched', { changeId: change.id, source: change.source, receipt, hop })
    }
  }

const isUnfound = ({ outcome }: Outcome): boolean => outcome === 'waiting' || outcome === 'unmatched'
