// What talks to Campaign and IMS, put together as the settings say: paced by the budget, watched by the breaker.
import { Agent, type Dispatcher } from 'undici'
import type { Mappings, MatchBy } from '../change/mapping.ts'
import type { DeliverConfig } from '../runtime/config.ts'
import type { Log } from '../runtime/log.ts'
import type { Metrics } from '../runtime/metrics.ts'
import type { CampaignCredentials } from '../runtime/secret-contents.ts'
import type { Secret } from '../runtime/secrets.ts'
import type { Time } from '../runtime/time.ts'
import type { Budget } from './budget/assemble-budget.ts'
import { pacedIms } from './budget/paced-ims.ts'
import { type Campaign, createCampaign } from './campaign/campaign.ts'
import { profileModelOf } from './campaign/profile-model.ts'
import { createToken } from './campaign/token.ts'
import { createSend } from './campaign/transport.ts'

export type CampaignParts = {
  readonly config: DeliverConfig
  readonly mappings: Mappings
  readonly matchBy: MatchBy
  readonly credentials: Secret<CampaignCredentials>
  readonly budget: Pick<Budget, 'paced' | 'watched'>
  readonly time: Time
  readonly log: Log
  readonly metrics: Metrics
  /** Where requests go out; undici's agent unless given. */
  readonly dispatcher?: Dispatcher
}

/** Sockets to Campaign, and requests under way: identities beyond that wait their turn. */
const CONNECTIONS = 50

export const assembleCampaign = (parts: CampaignParts): Campaign => {
  const { config, mappings, matchBy, credentials, budget, time, log, metrics } = parts
  // HTTP/1.1 only: with HTTP/2 one connection carries everything, and its failure would lose every answer at once.
  const dispatcher = parts.dispatcher ?? new Agent({ allowH2: false, connections: CONNECTIONS })
  const send = createSend(dispatcher, time, CONNECTIONS)
  const campaign = createCampaign({
    url: config.CAMPAIGN_URL,
    ...matchBy,
    ...profileModelOf(config, mappings),
    timeoutMilliseconds: config.REQUEST_TIMEOUT_SECONDS * 1000,
    send: budget.paced(send),
    token: createToken({ credentials, imsUrl: config.IMS_URL, send: pacedIms(send, time), time }),
    time,
    log,
    metrics,
  })
  return budget.watched(campaign)
}
