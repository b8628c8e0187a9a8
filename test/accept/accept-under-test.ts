// The webhook alone behind the real gateway, with real queues and nobody who reads them: what was queued stays to be seen.
import { randomUUID } from 'node:crypto'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { createWebhook } from '../../functions/accept/webhook.ts'
import type { Mappings } from '../../functions/change/mapping.ts'
import type { Environment } from '../../functions/runtime/config.ts'
import { realTime, type Time } from '../../functions/runtime/time.ts'
import { startGateway } from '../../infra/local/aws/gateway.ts'
import { startStandIns } from '../../infra/local/aws/stand-ins.ts'
import { localCredentials } from '../../infra/local/credentials.ts'
import { mappings as shipped } from '../support/mappings.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { recordedMetrics } from '../support/recorded-metrics.ts'
import { takeAll } from '../support/taken.ts'

export type AcceptSettings = {
  readonly mappings?: Mappings
  readonly environment?: Environment
  readonly time?: Time
  /** Another way to the queues than the real one. */
  readonly sqs?: SQSClient
  readonly secrets?: { readonly sources?: unknown; readonly pseudonym?: string }
}

export const startAccept = async (settings: AcceptSettings = {}) => {
  const standIns = await startStandIns({
    // What a function throws on purpose is nobody's news.
    report: () => {},
    secrets: { campaign: localCredentials.campaign, sources: localCredentials.sources, ...settings.secrets },
  })
  const clients = standIns.clients()
  const log = recordedLog()
  const metrics = recordedMetrics()
  let webhook: ReturnType<typeof createWebhook> | undefined
  const gateway = await startGateway({ port: 0, handler: async (event) => webhook?.(event) })
  webhook = createWebhook({
    environment: {
      ...standIns.environment,
      PUBLIC_URL: gateway.url,
      BUSINESS_KEY: 'cusCrmId',
      ...settings.environment,
    },
    mappings: settings.mappings ?? shipped,
    clients: { ...clients, ...(settings.sqs && { sqs: settings.sqs }) },
    time: settings.time ?? realTime,
    newReceipt: randomUUID,
    log,
    metrics,
  })

  /** Takes everything off a queue. */
  const received = (queue: 'changes' | 'consent' | 'parked') =>
    takeAll(clients.sqs, standIns.queues[queue].url)
  const close = async () => {
    await gateway.close()
    await standIns.close()
  }
  return { url: gateway.url, standIns, log, metrics, received, close, [Symbol.asyncDispose]: close }
}
