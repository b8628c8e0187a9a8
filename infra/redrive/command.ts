// What `npm run redrive` does once its options are read.

import { createPseudonym } from '../../functions/runtime/pseudonym.ts'
import { createSendMessages } from '../../functions/runtime/queue.ts'
import { parsePseudonymKey } from '../../functions/runtime/secret-contents.ts'
import { createSecret, SecretError } from '../../functions/runtime/secrets.ts'
import { realTime } from '../../functions/runtime/time.ts'
import { Refusal } from '../local/command/refusal.ts'
import { print } from '../local/command/screen.ts'
import { type Connection, connect } from './connect.ts'
import { errorLog } from './error-log.ts'
import { createParkedQueue } from './parked-queue.ts'
import { redrive } from './redrive.ts'
import { reportLines } from './report.ts'

export type RedriveOptions = {
  /** All codes where none is given. */
  readonly codes: readonly string[]
  /** Epoch milliseconds. */
  readonly parkedBefore: number
  readonly isDryRun: boolean
}

/** Prints what it did. Throws a Refusal where it could not, or not to the end. */
export const redriveCommand = async ({ codes, parkedBefore, isDryRun }: RedriveOptions): Promise<void> => {
  // What is hidden by this run is shown again before it ends.
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort())

  using connection = await connect(process.env)
  const { config, clients, place } = connection
  const redriven = await redrive({
    parked: createParkedQueue(clients.sqs, config.PARKED_QUEUE_URL),
    send: createSendMessages(clients.sqs, realTime, errorLog),
    changesQueueUrl: config.CHANGES_QUEUE_URL,
    consentQueueUrl: config.CONSENT_QUEUE_URL,
    pseudonym: createPseudonym(await pseudonymKeyOf(connection)),
    isSelected: ({ code, at }) => at <= parkedBefore && (codes.length === 0 || codes.includes(code)),
    isDryRun,
    time: realTime,
    log: errorLog,
    signal: stopping.signal,
  })
  print(...reportLines(redriven, { place, codes, isDryRun }))
  if (redriven.stoppedBy !== undefined) throw new Refusal(`stopped early: ${reasonOf(redriven.stoppedBy)}`)
}

const pseudonymKeyOf = async ({ clients, config }: Connection): Promise<string> => {
  const secret = createSecret({
    client: clients.secretsManager,
    secretId: config.PSEUDONYM_SECRET_ID,
    parse: parsePseudonymKey,
    time: realTime,
    log: errorLog,
  })
  return secret.read().catch((error: unknown) => {
    throw new Refusal(`nothing was sent: ${reasonOf(error)}`)
  })
}

/** AWS names what is missing: a region, credentials, a permission. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const cause = error instanceof SecretError && error.cause ? `: ${reasonOf(error.cause)}` : ''
  return `${error.name}: ${error.message}${cause}`
}
