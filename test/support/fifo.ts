// A FIFO queue as SQS keeps it: of one group nothing is handed out while an earlier message is in flight or hidden, and
// one batch may hold several messages of one group, in their order.
import type { SQSRecord } from 'aws-lambda'
import type { Worker } from './mortal-worker.ts'
import { VISIBILITY_MILLISECONDS } from './queue.ts'
import type { Simulation } from './simulation.ts'

type Entry = { readonly record: SQSRecord; receives: number; hiddenUntil: number; isInFlight: boolean }

export type FifoChoice = {
  /** Workers that ask for batches, side by side, each as long as anything is left. */
  readonly workers: readonly (() => Worker)[]
  /** How many messages the next batch may hold, at least one. */
  readonly batchSize: () => number
}

/** How often somebody with nothing to do asks again. */
const POLL_MILLISECONDS = 500

/** Delivers until nothing is left; answers when each message left, in virtual milliseconds from the start. */
export const drainFifo = async (
  simulation: Simulation,
  records: readonly SQSRecord[],
  { workers, batchSize }: FifoChoice,
): Promise<ReadonlyMap<string, number>> => {
  const { time, hidden } = simulation
  const startedAt = time.now()
  const left = new Map<string, number>()
  let entries: readonly Entry[] = records.map((record) => ({
    record,
    receives: 0,
    hiddenUntil: 0,
    isInFlight: false,
  }))
  const groupOf = ({ record }: Entry) => record.attributes.MessageGroupId

  const receive = (): readonly Entry[] => {
    const size = batchSize()
    const blocked = new Set(
      entries.filter((one) => one.isInFlight || one.hiddenUntil > time.now()).map(groupOf),
    )
    const batch = entries.filter((one) => !blocked.has(groupOf(one))).slice(0, size)
    for (const one of batch) {
      one.isInFlight = true
      one.receives += 1
    }
    return batch
  }

  const work = async (worker: Worker, batch: readonly Entry[]): Promise<void> => {
    const now = batch.map(({ record, receives }) => ({
      ...record,
      attributes: { ...record.attributes, ApproximateReceiveCount: String(receives) },
    }))
    for (const { receiptHandle } of now) hidden.delete(receiptHandle)
    const answered = simulation.deliver(worker.deliver, now)
    answered.catch(() => {})
    const answer = await Promise.race([answered, worker.death])
    const failed = answer && new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
    for (const one of batch) {
      const { messageId, receiptHandle } = one.record
      one.isInFlight = false
      if (failed && !failed.has(messageId)) left.set(messageId, time.now() - startedAt)
      const seconds = failed ? hidden.get(receiptHandle) : undefined
      one.hiddenUntil = time.now() + (seconds === undefined ? VISIBILITY_MILLISECONDS : seconds * 1000)
    }
    entries = entries.filter(({ record }) => !left.has(record.messageId))
  }

  const poll = async (start: () => Worker): Promise<void> => {
    let worker = start()
    while (entries.length > 0) {
      if (worker.isDead()) worker = start()
      const batch = receive()
      if (batch.length > 0) await work(worker, batch)
      else await time.sleep(POLL_MILLISECONDS)
    }
  }
  await time.run(Promise.all(workers.map(poll)))
  return left
}
