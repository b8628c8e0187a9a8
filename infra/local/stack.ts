// Everything on one machine: the same functions as on AWS, real SDK clients against stand-ins, Campaign as an emulator.
import { busSourcesOf, type Mappings } from '../../functions/change/mapping.ts'
import { faultsOf } from '../../functions/change/mapping-faults.ts'
import { mappings as shippedMappings } from '../../functions/change/mappings.ts'
import { sourceFaultsOf } from '../../functions/change/source.ts'
import { type Environment, StartError } from '../../functions/runtime/config.ts'
import type { Log } from '../../functions/runtime/log.ts'
import type { Metrics } from '../../functions/runtime/metrics.ts'
import { realTime } from '../../functions/runtime/time.ts'
import { busPattern } from '../bus-pattern.ts'
import { limits } from '../limits.ts'
import { type Gateway, startGateway } from './aws/gateway.ts'
import { startPoller } from './aws/poller.ts'
import { startSchedule } from './aws/schedule.ts'
import { type StandIns, startStandIns } from './aws/stand-ins.ts'
import { type CampaignServer, startCampaign } from './campaign/server.ts'
import type { Settings as CampaignSettings } from './campaign/settings.ts'
import { localCredentials } from './credentials.ts'
import { type FunctionsGiven, functionsOfSources, type LocalFunctions } from './functions.ts'
import { extensionsOf, localMappings } from './local-mappings.ts'

export type LocalStackSettings = {
  /** 0 takes any free port. */
  readonly port: number
  readonly campaignPort: number
  readonly log: Log
  /** Nobody counts unless given: on one machine the lines say all of it. */
  readonly metrics?: Metrics
  /** Settings of the functions that differ from the local ones, such as VERIFY. */
  readonly environment?: Environment
  readonly mappings?: Mappings
  /** Which of Campaign's engines the emulator plays and the functions expect; `standard` unless given. */
  readonly dialect?: CampaignSettings['dialect']
  /** `/health` answers 503 until this says true. */
  readonly isReady?: () => boolean
  /** What runs in place of the sources, such as the bundles that are deployed. */
  readonly functions?: (given: FunctionsGiven) => LocalFunctions
  /** How long a message stays hidden that a deliver left without a word. */
  readonly visibilityTimeoutSeconds?: number
}

export type LocalStack = AsyncDisposable & {
  readonly gateway: Gateway
  readonly campaign: CampaignServer
  readonly standIns: StandIns
  /** Runs the mover of the waiting queue now, which otherwise runs every five seconds. */
  readonly moveWaiting: () => void
  /** Ends servers, pollers and functions; what is under way is cut off as a crash would. */
  readonly close: () => Promise<void>
}

const UNCOUNTED: Metrics = { add: () => {}, addChange: () => {} }
/** On AWS the stage says it in hours. */
const MOVER_EVERY_SECONDS = 5
const BUSINESS_KEY = 'cusCrmId'
const LANDING_SECONDS = '10'

/** Starts all of it, or nothing: rejects with node's own error where a port is in use, with StartError where a person can mend it. */
export const startLocalStack = async (settings: LocalStackSettings): Promise<LocalStack> => {
  await using starting = new AsyncDisposableStack()
  const { log, metrics = UNCOUNTED, dialect = 'standard', visibilityTimeoutSeconds } = settings
  const { campaign: credentials, sources } = localCredentials
  const mappings = settings.mappings ?? localMappings
  const businessKey = settings.environment?.['BUSINESS_KEY'] ?? BUSINESS_KEY
  const faults = [
    ...faultsOf(settings.mappings ?? shippedMappings, businessKey),
    ...(await sourceFaultsOf(mappings)),
  ]
  if (faults.length > 0) throw new StartError(`cannot start, mend mappings.ts:\n${faults.join('\n')}`)

  const campaign = starting.use(
    await startCampaign({
      port: settings.campaignPort,
      credentials,
      time: realTime,
      settings: { dialect, businessKey, ...extensionsOf(mappings) },
    }),
  )
  const standIns = starting.use(
    await startStandIns({
      secrets: { campaign: credentials, sources },
      busPattern: busPattern(busSourcesOf(mappings).keys()),
      ...(visibilityTimeoutSeconds !== undefined && { visibilityTimeoutSeconds }),
    }),
  )

  let functions: LocalFunctions | undefined
  const gateway = starting.use(
    await startGateway({
      port: settings.port,
      handler: async (event, context) => functions?.webhook(event, context),
      queueCounts: standIns.queueCounts,
      environment: standIns.environment,
      functionTimeoutMilliseconds: limits.acceptTimeoutSeconds * 1000,
      ...(settings.isReady && { isReady: settings.isReady }),
    }),
  )
  const clients = standIns.clients()
  functions = (settings.functions ?? functionsOfSources)({
    environment: {
      ...standIns.environment,
      CAMPAIGN_URL: campaign.url,
      CAMPAIGN_DIALECT: dialect,
      IMS_URL: campaign.url,
      PUBLIC_URL: gateway.url,
      BUSINESS_KEY: businessKey,
      VERIFY: 'always',
      LANDING_SECONDS,
      CALLS_PER_SECOND: '200',
      ...settings.environment,
    },
    mappings,
    clients,
    log,
    metrics,
  })
  standIns.registerFunction('deliver-now', functions['deliver-now'])
  const { inbox, consent, changes } = standIns.queues
  for (const [{ url: queueUrl, arn: queueArn }, functionName, handler] of [
    [inbox, 'bus', functions.bus],
    [consent, 'deliver', functions.consent],
    [changes, 'deliver', functions.changes],
  ] as const) {
    starting.use(startPoller({ sqs: clients.sqs, queueUrl, queueArn, functionName, handler }))
  }

  const mover = starting.use(
    startSchedule({
      handler: functions.mover,
      functionName: 'mover',
      everySeconds: MOVER_EVERY_SECONDS,
    }),
  )

  const started = starting.move()
  const close = () => started.disposeAsync()
  return { gateway, campaign, standIns, moveWaiting: mover.runNow, close, [Symbol.asyncDispose]: close }
}
