// Edge in: what a bus or a sender without one put into the inbox is decoded and put on a queue. Authenticity is IAM's:
// only the rule of the bus and named roles may send there.
import type { Context, SQSBatchItemFailure, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { toParkedEvents } from '../change/parked.ts'
import type { Problem } from '../change/read/problem.ts'
import { loadSource } from '../change/source.ts'
import { type Environment, readBusConfig } from '../runtime/config.ts'
import { errorName } from '../runtime/log.ts'
import { SecretError } from '../runtime/secrets.ts'
import { type AcceptGiven, assembleAccept } from './assemble.ts'
import { createReadLetter, stampOf } from './inbox.ts'
import type { Sorted } from './sort.ts'

export type BusDependencies = AcceptGiven & { readonly environment: Environment }

/** Answers which messages have to come again. */
export type Bus = (
  event: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<SQSBatchResponse>

/** A message of 1 MiB may take so long, from its first send to its last. */
const LONGEST_MESSAGE_MILLISECONDS = 12_000

/** The handler behind the inbox. Throws at once where its environment or mappings.ts is at fault. */
export const createBus = (given: BusDependencies): Bus => {
  const { time, log } = given
  // Of what is ignored the webhook has warned.
  const { mappings, decode, makeDurable, logDecoded, readPseudonym, tellUnavailable } = assembleAccept(
    readBusConfig(given.environment),
    given,
  )
  const readLetter = createReadLetter(mappings)

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
      parked: toParkedEvents(stamp, { source: name, text: record.body }, sorted.rejected, time.now()),
      pseudonym: await readPseudonym(),
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
      if (error instanceof SecretError) tellUnavailable(error)
      else log.error('inbox.failed', { receipt: record.messageId, cause: errorName(error) })
    }
    return [{ itemIdentifier: record.messageId }]
  }
  return async ({ Records }, context) => {
    const batchItemFailures: SQSBatchItemFailure[] = []
    // One after the other: ten large bodies side by side would not fit into the memory that one needs.
    for (const record of Records) {
      const isTime = context.getRemainingTimeInMillis() > LONGEST_MESSAGE_MILLISECONDS
      // What is begun too late would be cut off, and all of the batch would come again.
      batchItemFailures.push(...(isTime ? await failed(record) : [{ itemIdentifier: record.messageId }]))
    }
    return { batchItemFailures }
  }
}

const UNDECODABLE: Problem = { code: 'unreadable', detail: 'decoding it ended in an error', pointer: '' }

/** A message that is bad as a whole, as one event. */
const allBad = (problems: readonly [Problem, ...Problem[]], event: unknown): Sorted => ({
  changes: [],
  ignored: [],
  rejected: [{ index: 0, problems, event }],
})
