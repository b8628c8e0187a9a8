// The parts of AWS that the functions use, inside this process: real servers, spoken to by the real SDK clients.
import { randomBytes } from 'node:crypto'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { Time } from '../../../functions/runtime/time.ts'
import { type BusPattern, busPattern } from '../../bus-pattern.ts'
import { type AwsClients, awsClients, awsEnvironment } from './aws-clients.ts'
import { createLedgerTable, startDynamodb } from './dynamodb-stand-in.ts'
import { startEventBridge } from './eventbridge-stand-in.ts'
import { type RegisterFunction, startLambda } from './lambda-stand-in.ts'
import type { Listening } from './listen.ts'
import { countQueues, createQueues, type QueueCounts, type Queues } from './queues.ts'
import type { Report } from './run-function.ts'
import { type Secrets, startSecretsManager } from './secrets-manager-stand-in.ts'
import { startSqs } from './sqs-stand-in.ts'

export type StandInSettings = {
  /** The secrets exactly as in Secrets Manager; `pseudonym` is made up unless given. */
  readonly secrets: { readonly campaign: unknown; readonly sources: unknown; readonly pseudonym?: string }
  /** Which events of the bus go into the inbox; none unless given. */
  readonly busPattern?: BusPattern
  /** Shorter than on AWS only for tests that wait for it. */
  readonly visibilityTimeoutSeconds?: number
  /** The clock of the functions invoked through Lambda; the queues go by the machine's. */
  readonly time?: Time
  readonly report?: Report
}

export type StandIns = AsyncDisposable & {
  /**
   * The AWS part of the functions' environment: endpoints, queue URLs, table, secret ids, function name; and for senders
   * the inbox and the name of the bus.
   */
  readonly environment: Record<string, string>
  readonly queues: Queues
  /** A new set of clients, ended by `close`; process.env is neither asked nor changed. */
  readonly clients: () => AwsClients
  readonly secrets: Secrets
  /** Makes a handler invocable by name; `environment.DELIVER_NOW_FUNCTION` is the one that `accept` invokes. */
  readonly registerFunction: RegisterFunction
  readonly queueCounts: () => Promise<QueueCounts>
  /** Cuts every connection and frees the ports; may be called again. Stop pollers first. */
  readonly close: () => Promise<void>
}

const LEDGER_TABLE_NAME = 'ledger'
const EVENT_BUS_NAME = 'campaign-profile-sync'

/** Starts all stand-ins on free ports of this machine, empty but for the secrets; rejects, leaving nothing behind, if one fails. */
export const startStandIns = async (settings: StandInSettings): Promise<StandIns> => {
  await using starting = new AsyncDisposableStack()
  const owned = async <Server extends Listening>(started: Promise<Server>): Promise<Server> =>
    starting.adopt(await started, (server) => server.close())

  const sqs = await owned(startSqs())
  const dynamodb = await owned(startDynamodb())
  const given = { pseudonym: randomBytes(32).toString('base64url'), ...settings.secrets }
  const secretsManager = await owned(startSecretsManager(given))
  const lambda = await owned(startLambda(settings))
  const eventBridge = await owned(
    startEventBridge({
      busName: EVENT_BUS_NAME,
      pattern: settings.busPattern ?? busPattern([]),
      putIntoInbox: (MessageBody) =>
        own.sqs.send(new SendMessageCommand({ QueueUrl: queues.inbox.url, MessageBody })),
      report: settings.report,
    }),
  )

  const endpoints = {
    sqs: sqs.url,
    dynamodb: dynamodb.url,
    secretsManager: secretsManager.url,
    lambda: lambda.url,
    eventBridge: eventBridge.url,
  }
  const everyClient: AwsClients[] = []
  const clients = () => {
    const made = awsClients(endpoints)
    everyClient.push(made)
    return made
  }
  starting.defer(() => {
    for (const client of everyClient.flatMap((made) => Object.values(made))) client.destroy()
  })

  const own = clients()
  const queues = await createQueues(own.sqs, sqs.url, settings.visibilityTimeoutSeconds)
  await createLedgerTable(own.dynamodb, LEDGER_TABLE_NAME)

  const started = starting.move()
  const close = () => started.disposeAsync()
  return {
    environment: {
      ...awsEnvironment(endpoints),
      CHANGES_QUEUE_URL: queues.changes.url,
      CONSENT_QUEUE_URL: queues.consent.url,
      WAITING_QUEUE_URL: queues.waiting.url,
      PARKED_QUEUE_URL: queues.parked.url,
      INBOX_QUEUE_URL: queues.inbox.url,
      EVENT_BUS_NAME,
      LEDGER_TABLE: LEDGER_TABLE_NAME,
      CAMPAIGN_SECRET_ID: 'campaign',
      SOURCES_SECRET_ID: 'sources',
      PSEUDONYM_SECRET_ID: 'pseudonym',
      DELIVER_NOW_FUNCTION: 'deliver-now',
    },
    queues,
    clients,
    secrets: secretsManager.secrets,
    registerFunction: lambda.registerFunction,
    queueCounts: () => countQueues(sqs),
    close,
    [Symbol.asyncDispose]: close,
  }
}
