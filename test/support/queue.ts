// A queue that hands out whatever is visible, in batches a test composes, to workers a test chooses.
import type { SQSRecord } from 'aws-lambda'
import { createArrivals } from './arrivals.ts'
import type { Worker } from './mortal-worker.ts'
import { aMovedRecord } from './records.ts'
import type { Simulation } from './simulation.ts'

/** How long a message stays hidden that a worker did not speak about: six times the function's time-out. */
export const VISIBILITY_MILLISECONDS = 180_000
/** Nothing in a test takes longer to settle; what does is stuck. */
const LONGEST_MILLISECONDS = 14 * 24 * 3_600_000

const MOVER_MILLISECONDS = 6 * 3_600_000

type Waiting = { readonly record: SQSRecord; readonly visibleAt: number; readonly receives: number }

export type Choice = {
  /** Which of the visible messages go into the next batch, as places in the list; at least one. */
  readonly pick: (count: number) => readonly number[]
  /** Who gets the next batch. */
  readonly worker: () => Worker
  /** How many batches are worked side by side. */
  readonly sideBySide: number
  /** How often what waits is moved back; every six hours unless given, as on AWS. */
  readonly moverMilliseconds?: number
}

/** Delivers until nothing is left. Throws where something never leaves. */
export const drain = async (
  simulation: Simulation,
  records: readonly SQSRecord[],
  choice: Choice,
): Promise<void> => {
  const { time, hidden } = simulation
  let waiting: readonly Waiting[] = records.map((record) => ({ record, visibleAt: time.now(), receives: 1 }))
  const giveUpAt = time.now() + LONGEST_MILLISECONDS
  let moved = simulation.waiting.length
  const arrivals = createArrivals(simulation.queue)
  while (waiting.length > 0) {
    if (time.now() > giveUpAt) throw new Error(`${waiting.length} messages never leave the queue`)
    const visible = waiting.filter(({ visibleAt }) => visibleAt <= time.now())
    if (visible.length === 0) {
      await time.pass(Math.min(...waiting.map(({ visibleAt }) => visibleAt)) - time.now())
      continue
    }
    const batches: (readonly Waiting[])[] = []
    let left = visible
    while (left.length > 0 && batches.length < choice.sideBySide) {
      const places = new Set(choice.pick(left.length))
      batches.push(left.filter((_one, place) => places.has(place)))
      left = left.filter((_one, place) => !places.has(place))
    }
    const failed = await time.run(
      Promise.all(
        batches.map(async (batch) => {
          const now = batch.map(({ record, receives }) => ({
            ...record,
            attributes: { ...record.attributes, ApproximateReceiveCount: String(receives) },
          }))
          const worker = choice.worker()
          const answered = simulation.deliver(worker.deliver, now)
          answered.catch(() => {})
          const answer = await Promise.race([answered, worker.death])
          // Nobody answered: the queue hands all of it out again when its own time has passed.
          const failed =
            answer?.batchItemFailures ?? batch.map(({ record }) => ({ itemIdentifier: record.messageId }))
          if (!answer) for (const { record } of batch) simulation.hidden.delete(record.receiptHandle)
          return failed.map(({ itemIdentifier }) => itemIdentifier)
        }),
      ),
    )
    const handed = new Set(batches.flat().map(({ record }) => record.messageId))
    const returning = new Set(failed.flat())
    waiting = waiting.flatMap((one) => {
      if (!handed.has(one.record.messageId)) return [one]
      if (!returning.has(one.record.messageId)) return []
      const hiddenFor = (hidden.get(one.record.receiptHandle) ?? VISIBILITY_MILLISECONDS / 1000) * 1000
      return [{ ...one, visibleAt: time.now() + hiddenFor, receives: one.receives + 1 }]
    })
    const visibleAt = time.now() + (choice.moverMilliseconds ?? MOVER_MILLISECONDS)
    const returned = simulation.waiting.slice(moved).map(aMovedRecord)
    moved += returned.length
    const arrived = arrivals().map((record) => ({ record, visibleAt: time.now(), receives: 1 }))
    waiting = [...waiting, ...arrived, ...returned.map((record) => ({ record, visibleAt, receives: 1 }))]
  }
}
