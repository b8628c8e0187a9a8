// The whole of deliver in virtual time: any number of workers, one emulator, one ledger, one queue that a test drives.
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda'
import type { Mappings } from '../../functions/change/mapping.ts'
import { createDeliver, type Deliver } from '../../functions/deliver/deliver.ts'
import { INVOCATION_MILLISECONDS } from '../../functions/deliver/invocation.ts'
import type { Evidence } from '../../functions/deliver/ledger/evidence.ts'
import type { Ledger } from '../../functions/deliver/ledger/ledger.ts'
import type { Environment } from '../../functions/runtime/config.ts'
import type { Log } from '../../functions/runtime/log.ts'
import type { Metrics } from '../../functions/runtime/metrics.ts'
import type { Time } from '../../functions/runtime/time.ts'
import type { CampaignRequest } from '../../infra/local/campaign/answer.ts'
import { type Campaign, createCampaign } from '../../infra/local/campaign/campaign.ts'
import type { SettingsChange } from '../../infra/local/campaign/settings.ts'
import {
  type Around,
  createQueueStore,
  inMemorySecrets,
  inMemorySqs,
  noDynamodb,
  type QueueStore,
  type SentMessage,
} from './in-memory-aws.ts'
import { InProcessDispatcher } from './in-process-dispatcher.ts'
import { mappings as ownMappings } from './mappings.ts'
import { memoryBudget } from './memory-budget.ts'
import { memoryEvidence } from './memory-evidence.ts'
import { memoryLedger } from './memory-ledger.ts'
import { recordedLog } from './recorded-log.ts'
import { recordedMetrics } from './recorded-metrics.ts'
import { type VirtualTime, virtualTime } from './virtual-time.ts'

export const QUEUES = {
  CHANGES_QUEUE_URL: 'http://queues.test/changes.fifo',
  CONSENT_QUEUE_URL: 'http://queues.test/consent.fifo',
  PARKED_QUEUE_URL: 'http://queues.test/parked',
  WAITING_QUEUE_URL: 'http://queues.test/waiting',
}
export const PSEUDONYM_KEY = 'a pseudonym key of at least 32 characters'
const CREDENTIALS = { organization: 'tenant', clientId: 'client', clientSecret: 'secret' }

export type Simulation = {
  readonly time: VirtualTime
  readonly campaign: Campaign
  readonly ledger: ReturnType<typeof memoryLedger>
  readonly evidence: Evidence
  readonly budget: ReturnType<typeof memoryBudget>
  /** While an error is set, no lease can be taken: it is thrown instead. */
  readonly ledgerFault: { current: Error | undefined }
  /** While an error is set, the budget item cannot be asked. */
  readonly budgetFault: { current: Error | undefined }
  readonly log: ReturnType<typeof recordedLog>
  /** Of all workers together. */
  readonly metrics: ReturnType<typeof recordedMetrics>
  /** All queues, for who works at other ends of them. */
  readonly queue: QueueStore
  readonly parked: readonly SentMessage[]
  /** Everything that was ever put in the waiting queue. */
  readonly waiting: readonly SentMessage[]
  /** Seconds each receipt handle was hidden for. */
  readonly hidden: Map<string, number>
  /** A worker with a memory of its own, as a new sandbox would be. */
  readonly startWorker: (around?: Around, given?: WorkerOptions) => Deliver
  /** Requests of all workers that are still under way. */
  readonly openRequests: () => number
  /** Those, and whatever else workers have begun and not ended: calls to AWS, and times they wait for. */
  readonly underWay: () => number
  /** Runs one batch through a worker. */
  readonly deliver: (worker: Deliver, records: readonly SQSRecord[]) => Promise<SQSBatchResponse>
}

export type WorkerOptions = {
  /** How far its clock is ahead. */
  readonly skewMilliseconds?: number
  /** Ends when the worker is not frozen: nothing that it waits for reaches it before. */
  readonly thaw?: () => Promise<void>
  /** Sees what it sends to Campaign, before Campaign does. */
  readonly onRequest?: (request: CampaignRequest) => void
  /** Where this one reads its secrets, if not where all do. */
  readonly secretsManager?: SecretsManagerClient
  /** Over that of the others. */
  readonly environment?: Environment
}

export type SimulationOptions = {
  readonly settings?: SettingsChange
  readonly environment?: Environment
  readonly mappings?: Mappings
  /** When time begins, epoch milliseconds. */
  readonly start?: number
  readonly random?: () => number
  /** Whether SQS refuses the next batch that is sent. */
  readonly refusesSends?: () => boolean
  readonly credentials?: { organization: string; clientId: string; clientSecret: string }
  /** Where workers read their secrets; the credentials and the pseudonym key above unless given. */
  readonly secretsManager?: SecretsManagerClient
  /** Asked before each call to AWS; throws where the service is at fault. */
  readonly onAws?: (service: 'ledger' | 'queue') => void
  /** Asked when the call has taken effect; throws where its answer is lost. */
  readonly onAwsAnswer?: (service: 'ledger' | 'queue') => void
  /** Is told all that is logged and counted, too. */
  readonly told?: { readonly log: Log; readonly metrics: Metrics }
}

export const startSimulation = ({
  settings,
  environment,
  mappings = { ...ownMappings, sources: {} },
  start,
  random = () => 0.5,
  refusesSends = () => false,
  credentials: campaignCredentials = CREDENTIALS,
  secretsManager = inMemorySecrets({
    campaign: JSON.stringify(campaignCredentials),
    pseudonym: PSEUDONYM_KEY,
  }),
  onAws = () => {},
  onAwsAnswer = () => {},
  told,
}: SimulationOptions = {}): Simulation => {
  const time = virtualTime(start)
  const campaign = createCampaign({
    credentials: campaignCredentials,
    baseUrl: 'http://campaign.test',
    time,
    ...(settings && { settings }),
  })
  const ledger = memoryLedger(time)
  const evidence = memoryEvidence()
  const ledgerFault: Simulation['ledgerFault'] = { current: undefined }
  const budget = memoryBudget()
  const budgetFault: Simulation['budgetFault'] = { current: undefined }
  const log = recordedLog(told?.log)
  const metrics = recordedMetrics(told?.metrics)
  const queue = createQueueStore()
  const dispatchers: InProcessDispatcher[] = []
  let owners = 0
  let begun = 0
  const counted = async <Result>(work: Promise<Result>): Promise<Result> => {
    begun += 1
    return work.finally(() => {
      begun -= 1
    })
  }

  const startWorker = (
    given: Around = (call) => call(),
    {
      skewMilliseconds = 0,
      thaw = async () => {},
      onRequest = () => {},
      secretsManager: ownSecrets = secretsManager,
      environment: own,
    }: WorkerOptions = {},
  ): Deliver => {
    const around: Around = (call) => counted(given(call))
    const ownTime: Time = {
      now: () => time.now() + skewMilliseconds,
      sleep: (...wanted) => counted(time.sleep(...wanted).then(thaw)),
    }
    const ownLedger = memoryLedger(ownTime, ledger.items)
    const surrounded = {
      ...campaign,
      handle: (request: CampaignRequest) => {
        onRequest(request)
        return given(() => campaign.handle(request))
      },
    }
    const asking =
      (service: 'ledger' | 'queue'): Around =>
      (call) =>
        around(async () => {
          onAws(service)
          const answer = await call()
          onAwsAnswer(service)
          return answer
        })
    const askLedger = asking('ledger')
    const watchedLedger: Ledger = {
      take: (wanted) =>
        askLedger(async () => {
          if (ledgerFault.current) throw ledgerFault.current
          return ownLedger.take(wanted)
        }),
      begin: (lease) => askLedger(() => ownLedger.begin(lease)),
      record: (...given) => askLedger(() => ownLedger.record(...given)),
      giveBack: (...given) => askLedger(() => ownLedger.giveBack(...given)),
      shorten: (lease, until) => askLedger(() => ownLedger.shorten(lease, until)),
      restart: (...given) => askLedger(() => ownLedger.restart(...given)),
      read: (identity) => askLedger(() => ownLedger.read(identity)),
      intend: (...given) => askLedger(() => ownLedger.intend(...given)),
      spare: (...given) => askLedger(() => ownLedger.spare(...given)),
      bury: (identity, clock) => askLedger(() => ownLedger.bury(identity, clock)),
    }
    const watchedEvidence: Evidence = {
      noteUnexplained: (...given) => askLedger(() => evidence.noteUnexplained(...given)),
      forgetUnexplained: (...given) => askLedger(() => evidence.forgetUnexplained(...given)),
      noteSuccess: (...given) => askLedger(() => evidence.noteSuccess(...given)),
      readSuccesses: () => askLedger(() => evidence.readSuccesses()),
    }
    const ask = <Result>(work: () => Promise<Result>): Promise<Result> =>
      askLedger(async () => {
        if (budgetFault.current) throw budgetFault.current
        return work()
      })
    const dispatcher = new InProcessDispatcher(surrounded)
    dispatchers.push(dispatcher)
    return createDeliver({
      environment: {
        CAMPAIGN_URL: 'http://campaign.test',
        IMS_URL: 'http://campaign.test',
        CAMPAIGN_SECRET_ID: 'campaign',
        PSEUDONYM_SECRET_ID: 'pseudonym',
        ...QUEUES,
        LEDGER_TABLE: 'ledger',
        BUSINESS_KEY: 'cusCrmId',
        CALLS_PER_SECOND: '1000',
        ...environment,
        ...own,
      },
      mappings,
      clients: {
        sqs: inMemorySqs(queue, asking('queue'), time.now, refusesSends),
        dynamodb: noDynamodb(),
        secretsManager: ownSecrets,
      },
      time: ownTime,
      random,
      newOwner: () => {
        owners += 1
        return `owner-${owners}`
      },
      log,
      metrics,
      dispatcher,
      ledger: watchedLedger,
      evidence: watchedEvidence,
      budget: {
        read: () => ask(budget.read),
        reserve: (wanted) => ask(() => budget.reserve(wanted)),
        change: (revision, health) => ask(() => budget.change(revision, health)),
      },
    })
  }

  const openRequests = () => dispatchers.reduce((sum, dispatcher) => sum + dispatcher.openRequests(), 0)

  return {
    time,
    campaign,
    ledger,
    evidence,
    ledgerFault,
    budget,
    budgetFault,
    log,
    metrics,
    queue,
    get parked() {
      return queue.sent.filter(({ QueueUrl }) => QueueUrl.endsWith('/parked'))
    },
    get waiting() {
      return queue.sent.filter(({ QueueUrl }) => QueueUrl.endsWith('/waiting'))
    },
    hidden: queue.hidden,
    startWorker,
    openRequests,
    underWay: () => begun + openRequests(),
    deliver: async (worker, records) => {
      const startedAt = time.now()
      const answer = await worker(
        { Records: records },
        { getRemainingTimeInMillis: () => INVOCATION_MILLISECONDS - (time.now() - startedAt) },
      )
      if (!('batchItemFailures' in answer)) throw new Error('a batch is answered with its failures')
      return answer
    },
  }
}
