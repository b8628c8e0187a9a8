// The function behind the inbox alone, with real queues and nobody who reads them: what was queued stays to be seen.
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { SQSRecord } from 'aws-lambda'
import { createBus } from '../../functions/accept/bus.ts'
import type { Mappings } from '../../functions/change/mapping.ts'
import type { Environment } from '../../functions/runtime/config.ts'
import { realTime } from '../../functions/runtime/time.ts'
import { startStandIns } from '../../infra/local/aws/stand-ins.ts'
import { busMappings } from '../support/inbox-messages.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { recordedMetrics } from '../support/recorded-metrics.ts'
import { takeAll } from '../support/taken.ts'

export type BusSettings = {
  readonly mappings?: Mappings
  readonly environment?: Environment
  /** What is left of the invocation (ms) whenever it is asked; all of it unless given. */
  readonly remaining?: () => number
  /** Another way to the queues than the real one. */
  readonly sqs?: SQSClient
}

export const startBus = async (settings: BusSettings = {}) => {
  const standIns = await startStandIns({ secrets: { campaign: {}, sources: {} } })
  const clients = { ...standIns.clients(), ...(settings.sqs && { sqs: settings.sqs }) }
  const own = standIns.clients()
  const log = recordedLog()
  const metrics = recordedMetrics()
  // The secret of the sources is nothing that this function may read.
  const {
    SOURCES_SECRET_ID: _sources,
    DELIVER_NOW_FUNCTION: _function,
    ...environment
  } = standIns.environment
  const bus = createBus({
    environment: { ...environment, BUSINESS_KEY: 'cusCrmId', ...settings.environment },
    mappings: settings.mappings ?? busMappings,
    clients,
    time: realTime,
    log,
    metrics,
  })
  return {
    standIns,
    log,
    metrics,
    /** The ids of the messages that have to come again. */
    take: async (...Records: readonly SQSRecord[]): Promise<readonly string[]> =>
      (
        await bus(
          { Records: [...Records] },
          { getRemainingTimeInMillis: settings.remaining ?? (() => 30_000) },
        )
      ).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    /** Takes everything off a queue, bodies read. */
    received: async (queue: 'changes' | 'consent' | 'parked') =>
      (await takeAll(own.sqs, standIns.queues[queue].url)).map(({ Body = '', ...rest }) => ({
        ...rest,
        text: Body,
        body: JSON.parse(Body),
      })),
    [Symbol.asyncDispose]: () => standIns.close(),
  }
}
