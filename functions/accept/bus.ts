// Edge in: what a bus or a sender without one put into the inbox is decoded and put on a queue. Authenticity is IAM's:
// only the rule of the bus and named roles may send there.
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { Mappings } from '../change/mapping.ts'
import type { Problem } from '../change/read/problem.ts'
import { loadSource } from '../change/source.ts'
import { type Environment, readBusConfig } from '../runtime/config.ts'
import { errorName, type Log } from '../runtime/log.ts'
import type { Metrics } from '../runtime/metrics.ts'
import { createPseudonym } from '../runtime/pseudonym.ts'
import { createSendMessages } from '../runtime/queue.ts'
import { parsePseudonymKey } from '../runtime/secret-contents.ts'
import { createSecret, SecretError } from '../runtime/secrets.ts'
import type { Time } from '../runtime/time.ts'
import { createDecoding } from './decoding.ts'
import { createReadLetter, stampOf } from './inbox.ts'
import { createLogDecoded } from './log-decoded.ts'
import { createMakeDurable, toParkedEvents } from './make-durable.ts'
import type { Sorted } from './sort.ts'

export type BusDependencies = {
  readonly environment: Environment
  readonly mappings: Mappings
  readonly clients: { readonly sqs: SQSClient; readonly secretsManager: SecretsManagerClient }
  readonly time: Time
  readonly log: Log
  readonly metrics: Metrics
}

/** Answers which messages have to come again. */
export type Bus = (event: SQSEvent) => Promise<SQSBatchResponse>

/** The handler behind the inbox. Throws at once where its environment or mappings.ts is at fault. */
export const createBus = (given: BusDependencies): Bus => {
  const { mappings, clients, time, log, metrics } = given
  const config = readBusConfig(given.environment)
  const isObserving = config.MODE === 'observe'
  // Of what is ignored the webhook has warned.
  const { decode } = createDecoding(mappings, config)
  const readLetter = createReadLetter(mappings)
  const pseudonymKey = createSecret({
    client: clients.secretsManager,
    secretId: config.PSEUDONYM_SECRET_ID,
    parse: parsePseudonymKey,
    time,
    log,
  })
  const makeDurable = createMakeDurable({
    send: createSendMessages(clients.sqs, time, log),
    changesQueueUrl: config.CHANGES_QUEUE_URL,
    consentQueueUrl: config.CONSENT_QUEUE_URL,
    parkedQueueUrl: config.PARKED_QUEUE_URL,
    isObserving,
  })

  const logDecoded = createLogDecoded(log, metrics, isObserving)

  /** Whom the parked queue names as the source, and what the message came to. */
  const read = async (record: SQSRecord, receivedAt: number) => {
    const letter = readLetter(record)
    if ('problem' in letter) return { name: letter.sender, sorted: allBad([letter.problem], letter.event) }
    const { source: name, payload } = letter
    // A kind that cannot be loaded is our own fault: the message waits until it is mended.
    const source = await loadSource(mappings, name)
    if (!source) throw new Error(`sources.${name} was there a moment ago`)
    try {
      const sorted = decode(source, payload, receivedAt)
      return { name, source, sorted: 'refused' in sorted ? allBad(sorted.refused, payload) : sorted }
    } catch (error) {
      log.error('event.undecodable', { source: name, receipt: record.messageId, cause: errorName(error) })
      return { name, source, sorted: allBad([UNDECODABLE], payload) }
    }
  }

  /** Whether nothing of the message can be lost any more. */
  const accept = async (record: SQSRecord): Promise<boolean> => {
    const stamp = stampOf(record, time.now())
    const { name, source, sorted } = await read(record, stamp.receivedAt)
    const isDurable = await makeDurable({
      stamp,
      changes: sorted.changes,
      // Nobody reads an answer here, so every bad event is a person's.
      parked: toParkedEvents(stamp, name, sorted.rejected, time.now()),
      pseudonym: createPseudonym(await pseudonymKey.read()),
    })
    logDecoded({
      source: source?.name,
      isParked: true,
      status: isDurable ? 202 : 503,
      receipt: stamp.receipt,
      sorted,
    })
    return isDurable
  }

  const failed = async (record: SQSRecord) => {
    try {
      if (await accept(record)) return []
    } catch (error) {
      const cause = errorName(error instanceof SecretError ? error.cause : error)
      if (!(error instanceof SecretError)) log.error('inbox.failed', { receipt: record.messageId, cause })
      else {
        metrics.add('SecretUnavailable', 1)
        log.error('secret.unavailable', { code: error.code, cause })
      }
    }
    return [{ itemIdentifier: record.messageId }]
  }
  return async ({ Records }) => ({ batchItemFailures: (await Promise.all(Records.map(failed))).flat() })
}

const UNDECODABLE: Problem = { code: 'unreadable', detail: 'decoding it ended in an error', pointer: '' }

/** A message that is bad as a whole, as one event. */
const allBad = (problems: readonly [Problem, ...Problem[]], event: unknown): Sorted => ({
  changes: [],
  ignored: [],
  rejected: [{ index: 0, problems, event }],
})
