// Deliver over real HTTP: the emulator as a server, undici as it ships, the AWS stand-ins; batches are made by hand.
import { randomUUID } from 'node:crypto'
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda'
import * as z from 'zod'
import type { Change } from '../../functions/change/change.ts'
import type { Mappings } from '../../functions/change/mapping.ts'
import type { Outcome } from '../../functions/change/outcome.ts'
import { createDeliver, type Deliver } from '../../functions/deliver/deliver.ts'
import { INVOCATION_MILLISECONDS } from '../../functions/deliver/invocation.ts'
import type { Environment } from '../../functions/runtime/config.ts'
import { realTime, type Time } from '../../functions/runtime/time.ts'
import { type StandIns, startStandIns } from '../../infra/local/aws/stand-ins.ts'
import type { Campaign } from '../../infra/local/campaign/campaign.ts'
import { startCampaign } from '../../infra/local/campaign/server.ts'
import { localCredentials } from '../../infra/local/credentials.ts'
import { trackRequests } from './contract.ts'
import { mappings as ownMappings } from './mappings.ts'
import { recordedLog } from './recorded-log.ts'
import { recordedMetrics } from './recorded-metrics.ts'
import { aRecord } from './records.ts'

export type Delivery = AsyncDisposable & {
  /** What a person or another program does in Campaign meanwhile, to the record with this PKey. */
  readonly asCampaignUser: (method: 'PATCH' | 'DELETE', PKey: string, body?: object) => Promise<void>
  readonly campaign: Campaign
  readonly campaignUrl: string
  readonly standIns: StandIns
  readonly log: ReturnType<typeof recordedLog>
  readonly metrics: ReturnType<typeof recordedMetrics>
  /** A worker with a memory of its own. */
  readonly startWorker: (environment?: Environment) => Deliver
  /** Works a batch and answers its failures. */
  readonly deliverBatch: (records: readonly SQSRecord[], worker?: Deliver) => Promise<SQSBatchResponse>
  /** Works the changes as one message and answers how each ended, from the log lines. */
  readonly outcomesOf: (
    changes: readonly Change[],
    worker?: Deliver,
  ) => Promise<readonly Record<string, unknown>[]>
  /** Works the changes as a sender who waits would have them worked. */
  readonly deliverNow: (changes: readonly Change[], worker?: Deliver) => Promise<readonly Outcome[]>
}

export const startDelivery = async (
  given: { environment?: Environment; mappings?: Mappings; time?: Time } = {},
): Promise<Delivery> => {
  const { mappings = ownMappings, time = realTime } = given
  await using starting = new AsyncDisposableStack()
  const server = starting.use(
    await startCampaign({ port: 0, credentials: localCredentials.campaign, time: realTime }),
  )
  const standIns = starting.use(
    await startStandIns({
      secrets: { campaign: localCredentials.campaign, sources: localCredentials.sources },
    }),
  )
  const log = recordedLog()
  const metrics = recordedMetrics()
  const { campaign } = server
  trackRequests(campaign)
  const startWorker = (environment?: Environment) =>
    createDeliver({
      environment: {
        ...standIns.environment,
        CAMPAIGN_URL: server.url,
        IMS_URL: server.url,
        BUSINESS_KEY: 'cusCrmId',
        LANDING_SECONDS: '10',
        // Nothing here is about the pace.
        CALLS_PER_SECOND: '1000',
        ...given.environment,
        ...environment,
      },
      mappings,
      clients: standIns.clients(),
      time,
      random: Math.random,
      newOwner: randomUUID,
      log,
      metrics,
    })
  const standing = startWorker()
  const invoke = (worker: Deliver, event: unknown) => {
    const startedAt = time.now()
    return worker(event, {
      getRemainingTimeInMillis: () => INVOCATION_MILLISECONDS - (time.now() - startedAt),
    })
  }
  const deliverBatch = async (records: readonly SQSRecord[], worker = standing) => {
    const answer = await invoke(worker, { Records: records })
    if (!('batchItemFailures' in answer)) throw new Error('a batch is answered with its failures')
    return answer
  }

  const started = starting.move()
  return {
    campaign,
    campaignUrl: server.url,
    standIns,
    log,
    metrics,
    startWorker,
    asCampaignUser: async (method, PKey, body = {}) => {
      const { organization, clientId, clientSecret } = localCredentials.campaign
      const form = {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: 'x',
      }
      const token = await fetch(`${server.url}/ims/token/v3`, {
        method: 'POST',
        body: new URLSearchParams(form),
      })
      const { access_token } = z.object({ access_token: z.string() }).parse(await token.json())
      const answer = await fetch(
        `${server.url}/${organization}/campaign/profileAndServicesExt/profile/${PKey}`,
        {
          method,
          headers: { authorization: `Bearer ${access_token}`, 'x-api-key': clientId },
          body: JSON.stringify(body),
        },
      )
      if (!answer.ok) throw new Error(`${method} was answered ${answer.status}: ${await answer.text()}`)
    },
    deliverBatch,
    outcomesOf: async (changes, worker) => {
      const receipt = randomUUID()
      await deliverBatch(
        [
          aRecord(
            changes.map((change, index) => ({ ...change, index })),
            { receipt },
          ),
        ],
        worker,
      )
      return log.lines
        .filter((line) => line['receipt'] === receipt && line.message === 'change.delivered')
        .toSorted((left, right) => Number(left['index']) - Number(right['index']))
    },
    deliverNow: async (changes, worker = standing) => {
      const now = time.now()
      const request = { receipt: randomUUID(), receivedAt: now, deadline: now + 10_000, changes }
      const answer = await invoke(worker, request)
      if (!('results' in answer)) throw new Error('a direct invocation is answered with its results')
      return answer.results
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}
