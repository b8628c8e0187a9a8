// Edge out: changes from the queue, or from a sender who waits, are applied to profiles in Campaign.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { Dispatcher } from 'undici'
import { deliverNowRequestSchema } from '../change/deliver-now.ts'
import { laneOf } from '../change/lane.ts'
import { filtersOf, type Mappings } from '../change/mapping.ts'
import { faultsOf } from '../change/mapping-faults.ts'
import { isFinal, type Outcome, UNEXPECTED } from '../change/outcome.ts'
import { type Environment, readDeliverConfig, StartError } from '../runtime/config.ts'
import type { Log } from '../runtime/log.ts'
import type { Metrics } from '../runtime/metrics.ts'
import { createPseudonym } from '../runtime/pseudonym.ts'
import { createSendMessages } from '../runtime/queue.ts'
import { parseCampaignCredentials, parsePseudonymKey } from '../runtime/secret-contents.ts'
import { createSecret } from '../runtime/secrets.ts'
import type { Time } from '../runtime/time.ts'
import { assembleCampaign } from './assemble-campaign.ts'
import { assembleSettle } from './assemble-settle.ts'
import { assembleStores, type Stores } from './assemble-stores.ts'
import { createDeliverBatch } from './batch/batch.ts'
import { createEnding } from './batch/ending.ts'
import { createLogDelivered } from './batch/log-delivered.ts'
import { assembleBudget } from './budget/assemble-budget.ts'
import { RESERVE_MILLISECONDS } from './invocation.ts'
import { createAlone } from './suspect/alone.ts'
import { createNames } from './suspect/names.ts'

/** What workers share is in DynamoDB unless given. */
export type DeliverDependencies = Partial<Stores> & {
  readonly environment: Environment
  readonly mappings: Mappings
  readonly clients: {
    readonly sqs: SQSClient
    readonly dynamodb: DynamoDBClient
    readonly secretsManager: SecretsManagerClient
  }
  readonly time: Time
  /** In [0, 1). */
  readonly random: () => number
  /** A name nobody else has. */
  readonly newOwner: () => string
  readonly log: Log
  readonly metrics: Metrics
  /** Where requests go out; undici's agent unless given. */
  readonly dispatcher?: Dispatcher
}

/** Answers an SQS batch with its failures, a direct invocation with the outcomes. */
export type Deliver = (
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<SQSBatchResponse | { readonly results: readonly Outcome[] }>

const HOUR_MILLISECONDS = 60 * 60 * 1000

/** The handler behind the changes queue and behind `deliver-now`. Throws at once where its environment is at fault. */
export const createDeliver = (given: DeliverDependencies): Deliver => {
  const { clients, mappings, time, log, metrics } = given
  const config = readDeliverConfig(given.environment)
  const faults = faultsOf(mappings, config.BUSINESS_KEY)
  if (faults.length > 0) throw new StartError(`cannot start, mend mappings.ts: ${faults.join('; ')}`)
  const matchBy = { businessKey: config.BUSINESS_KEY, filters: filtersOf(mappings, config.CAMPAIGN_DIALECT) }

  const secret = <Content>(secretId: string, parse: (text: string) => Content) =>
    createSecret({ client: clients.secretsManager, secretId, parse, time, log })
  const pseudonymKey = secret(config.PSEUDONYM_SECRET_ID, parsePseudonymKey)
  const stores = assembleStores(given, config.LEDGER_TABLE)
  const budget = assembleBudget({
    ...given,
    store: stores.budget,
    worker: given.newOwner(),
    callsPerSecond: config.CALLS_PER_SECOND,
    timeoutMilliseconds: config.REQUEST_TIMEOUT_SECONDS * 1000,
  })
  const credentials = secret(config.CAMPAIGN_SECRET_ID, parseCampaignCredentials)
  const campaign = assembleCampaign({ ...given, config, matchBy, credentials, budget })
  const { ledger, evidence } = stores

  const assemble = (pseudonymSecret: string) => {
    const pseudonym = createPseudonym(pseudonymSecret)
    const names = createNames()
    const alone = createAlone(time, names.wholeOf)
    const doubt = budget.doubt(campaign)
    const parts = { config, matchBy, campaign, ledger, evidence, pseudonym, alone, ...names, doubt }
    const settleAll = assembleSettle({ ...given, ...parts })
    const settle = budget.guard(settleAll, campaign)
    const isObserving = config.MODE === 'observe'
    const ending = createEnding({
      unmatched: config.UNMATCHED,
      waitMilliseconds: config.WAIT_HOURS * HOUR_MILLISECONDS,
      isObserving,
    })
    const logDelivered = createLogDelivered(log, metrics, pseudonym, time)
    const deliverBatch = createDeliverBatch({
      ...given,
      settle,
      alone,
      ...names,
      ending,
      isObserving,
      send: createSendMessages(clients.sqs, time, log),
      sqs: clients.sqs,
      queueUrls: { changes: config.CHANGES_QUEUE_URL, consent: config.CONSENT_QUEUE_URL },
      parkedQueueUrl: config.PARKED_QUEUE_URL,
      waitingQueueUrl: config.WAITING_QUEUE_URL,
      logDelivered,
    })
    return { settle, note: names.note, ending, logDelivered, deliverBatch }
  }
  // The memory of matches lives here, so it is made once; the pseudonym key never changes in a stack's life.
  let assembled: Promise<ReturnType<typeof assemble>> | undefined
  const assembly = () => {
    assembled ??= pseudonymKey.read().then(assemble)
    assembled.catch(() => {
      assembled = undefined
    })
    return assembled
  }

  return async (event, context) => {
    const startedAt = time.now()
    const deadline = startedAt + context.getRemainingTimeInMillis() - RESERVE_MILLISECONDS
    const { settle, note, ending, logDelivered, deliverBatch } = await assembly()
    if (isSqsEvent(event)) return deliverBatch(event.Records, { startedAt, deadline })

    const request = deliverNowRequestSchema.parse(event)
    note(request, 0, request.changes)
    const settled = await settle(request.changes, Math.min(deadline, request.deadline))
    const results = request.changes.map((change): Outcome => {
      const end = settled.get(change)
      if (!end) return UNEXPECTED
      const outcome = ending(change, end, time.now() - request.receivedAt, laneOf(change))
      // What is not finished is queued by accept and logged when it leaves the queue.
      if (isFinal(outcome))
        logDelivered(request, change, { ...end, outcome }, { receives: 1, hop: 0, startedAt })
      return outcome
    })
    return { results }
  }
}

const isSqsEvent = (event: unknown): event is SQSEvent =>
  typeof event === 'object' && event !== null && 'Records' in event
