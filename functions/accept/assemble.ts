// What both ways in have, put together as the settings say: decoding, the queues, the log line, the pseudonym key.
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { type Mappings, withSources } from '../change/mapping.ts'
import type { BusConfig } from '../runtime/config.ts'
import { errorName, type Log } from '../runtime/log.ts'
import type { Metrics } from '../runtime/metrics.ts'
import { createPseudonym, type Pseudonym } from '../runtime/pseudonym.ts'
import { createSendMessages } from '../runtime/queue.ts'
import { parsePseudonymKey } from '../runtime/secret-contents.ts'
import { createSecret, type Secret, type SecretError } from '../runtime/secrets.ts'
import type { Time } from '../runtime/time.ts'
import { createDecoding, type Decoding } from './decoding.ts'
import { createLogDecoded, type LogDecoded } from './log-decoded.ts'
import { createMakeDurable, type MakeDurable } from './make-durable.ts'

export type AcceptGiven = {
  readonly mappings: Mappings
  readonly clients: { readonly sqs: SQSClient; readonly secretsManager: SecretsManagerClient }
  readonly time: Time
  readonly log: Log
  readonly metrics: Metrics
}

export type AcceptParts = Decoding & {
  /** The mappings of the sources that SOURCES names. */
  readonly mappings: Mappings
  readonly makeDurable: MakeDurable
  readonly logDecoded: LogDecoded
  readonly secretOf: <Content>(secretId: string, parse: (text: string) => Content) => Secret<Content>
  /** Throws SecretError. */
  readonly readPseudonym: () => Promise<Pseudonym>
  /** A secret that cannot be read just now, for a person. */
  readonly tellUnavailable: (error: SecretError) => void
}

/** Throws a StartError where mappings.ts is at fault. */
export const assembleAccept = (config: BusConfig, given: AcceptGiven): AcceptParts => {
  const { clients, time, log, metrics } = given
  const mappings = withSources(given.mappings, config.SOURCES)
  const isObserving = config.MODE === 'observe'
  const secretOf: AcceptParts['secretOf'] = (secretId, parse) =>
    createSecret({ client: clients.secretsManager, secretId, parse, time, log })
  const pseudonymKey = secretOf(config.PSEUDONYM_SECRET_ID, parsePseudonymKey)

  return {
    ...createDecoding(mappings, config),
    mappings,
    makeDurable: createMakeDurable({
      send: createSendMessages(clients.sqs, time, log),
      changesQueueUrl: config.CHANGES_QUEUE_URL,
      consentQueueUrl: config.CONSENT_QUEUE_URL,
      parkedQueueUrl: config.PARKED_QUEUE_URL,
      isObserving,
    }),
    logDecoded: createLogDecoded(log, metrics, isObserving),
    secretOf,
    readPseudonym: async () => createPseudonym(await pseudonymKey.read()),
    tellUnavailable: ({ code, cause }) => {
      metrics.add('SecretUnavailable', 1)
      log.error('secret.unavailable', { code, cause: errorName(cause) })
    },
  }
}
