// Makes a delivery durable, by waiting for its end where the sender prefers that, and words the answer.
import type { Change } from '../change/change.ts'
import { laneOf } from '../change/lane.ts'
import type { DeliveryStamp, FifoMessage } from '../change/message.ts'
import { isFinal, isPutAside, type Outcome } from '../change/outcome.ts'
import { toParkedChange, toParkedEvents } from '../change/parked.ts'
import type { Source } from '../change/source.ts'
import type { Pseudonym } from '../runtime/pseudonym.ts'
import type { Time } from '../runtime/time.ts'
import type { MakeDurable } from './make-durable.ts'
import { type Reply, type Result, reply } from './reply.ts'
import type { Sorted } from './sort.ts'
import type { DeliverNow } from './wait.ts'

export type AnswerDependencies = {
  readonly makeDurable: MakeDurable
  readonly deliverNow: DeliverNow
  readonly time: Time
}

export type Delivered = {
  readonly stamp: DeliveryStamp
  readonly source: Source
  readonly sorted: Sorted
  /** The body that the events came in. */
  readonly text: string
  readonly pseudonym: Pseudonym
  readonly waitSeconds: number | undefined
}

/** Queues, parks or waits; the reply is a 2xx only when nothing of the delivery can be lost any more. */
export const createAnswer =
  ({ makeDurable, deliverNow, time }: AnswerDependencies) =>
  async (delivered: Delivered): Promise<{ readonly reply: Reply; readonly receipt: string }> => {
    const { stamp, sorted, pseudonym, waitSeconds } = delivered
    const told = (given: Reply) => ({ reply: given, receipt: stamp.receipt })

    const bad = parkedEvents(delivered, time.now())
    const results: Results =
      waitSeconds === undefined || sorted.changes.length === 0
        ? []
        : await deliverNow(
            { ...stamp, deadline: time.now() + waitSeconds * 1000, changes: sorted.changes },
            waitSeconds * 1000,
          )
    const changes = sorted.changes.filter((_change, position) => !isFinished(results[position]))
    const parked = [...bad, ...putAside(delivered, results, time.now())]
    const isDurable = await makeDurable({ stamp, changes, parked, pseudonym })
    if (!isDurable) return told(reply.tryAgain('not everything could be queued'))

    const receipt = {
      accepted: sorted.changes.length,
      ignored: sorted.ignored.length,
      rejected: sorted.rejected.map(({ index, problems: [first] }) => ({ index, ...first })),
      receipt: stamp.receipt,
    }
    return told(
      waitSeconds === undefined
        ? reply.accepted(receipt)
        : reply.waited(
            receipt,
            sorted.changes.map((change, position) => toResult(change, results[position])),
            waitSeconds,
          ),
    )
  }

type Results = readonly (Outcome | undefined)[]

/** A vendor would re-send the whole delivery for one bad event, so that event is parked; our own senders are told. */
const parkedEvents = ({ stamp, source, sorted, text }: Delivered, now: number): readonly FifoMessage[] =>
  source.kind.senderReadsAnswer
    ? []
    : toParkedEvents(stamp, { source: source.name, text }, sorted.rejected, now)

/** Deliver-now only reports; what it says must be put aside is put aside here. */
const putAside = ({ stamp, sorted }: Delivered, results: Results, now: number): readonly FifoMessage[] =>
  sorted.changes.flatMap((change, position) => {
    const result = results[position]
    if (!result || !isPutAside(result)) return []
    const { code, detail } = result
    return [toParkedChange(stamp, change, { code, detail, at: now, lane: laneOf(change) })]
  })

const isFinished = (result: Outcome | undefined): boolean => result !== undefined && isFinal(result)

const toResult = ({ id }: Change, result: Outcome | undefined): Result => {
  if (result === undefined || !isFinal(result)) return { id, outcome: 'queued' }
  if (result.outcome !== 'observed') return { id, ...result }
  // Under which name the ledger knows a profile is nothing to a sender.
  const { outcome, code, changed } = result
  return { id, outcome, code, changed }
}
