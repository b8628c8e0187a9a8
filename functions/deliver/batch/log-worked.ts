// What is said of a worked record: a line for each of its changes, and how long it has lain there if it goes back.
import { touchesConsent } from '../../change/lane.ts'
import type { Outcome } from '../../change/outcome.ts'
import type { Log } from '../../runtime/log.ts'
import { type Metrics, parkedMetric } from '../../runtime/metrics.ts'
import type { Time } from '../../runtime/time.ts'
import type { LogDelivered } from './log-delivered.ts'
import { receivesOf, type Worked } from './put-aside.ts'

export type LogWorkedOptions = {
  readonly isObserving: boolean
  readonly log: Log
  readonly metrics: Metrics
  readonly logDelivered: LogDelivered
  readonly time: Time
}

/** Whether the record leaves the queue, what that makes of an outcome, and when its invocation began (epoch ms). */
export type Left = {
  readonly leaves: boolean
  readonly read: (outcome: Outcome) => Outcome
  readonly startedAt: number
}

export const createLogWorked =
  ({ isObserving, log, metrics, logDelivered, time }: LogWorkedOptions) =>
  ({ record, lane, message, ended }: Worked, { leaves, read, startedAt }: Left): void => {
    // Since the message came into this queue: a change that was moved here had waited for its profile before, as it may.
    const since = Math.max(message?.receivedAt ?? 0, Number(record.attributes.SentTimestamp))
    const age = lane === 'consent' ? 'DeferredConsentAge' : 'DeferredAge'
    if (!leaves) metrics.add(age, Math.max(0, time.now() - since))
    if (!message) {
      log.warn('message.unreadable', { messageId: record.messageId })
      if (leaves && !isObserving) metrics.add(parkedMetric('unreadable'), 1)
      return
    }
    // The hop from the lane of consent was no wait for a profile.
    const hop = message.hop > 0 && message.changes.some(touchesConsent) ? message.hop - 1 : message.hop
    for (const [change, { outcome, engineCalls }] of ended) {
      const attempt = { receives: receivesOf(record), hop, startedAt }
      logDelivered(message, change, { outcome: read(outcome), engineCalls }, attempt)
    }
  }
