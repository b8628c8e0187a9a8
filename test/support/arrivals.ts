// What workers themselves put on the queues of changes: sent on from the lane of consent, or anew in the same lane.
import type { SQSRecord } from 'aws-lambda'
import { LANES, type Lane } from '../../functions/change/lane.ts'
import type { QueueStore } from './in-memory-aws.ts'
import { aQueuedRecord } from './records.ts'

/** Answers what has come since it was asked last, or was made. */
export const createArrivals = ({ sent }: QueueStore, lanes: readonly Lane[] = LANES) => {
  let seen = sent.length
  return (): readonly SQSRecord[] => {
    const fresh = sent
      .slice(seen)
      .filter(({ QueueUrl }) => lanes.some((lane) => QueueUrl.endsWith(`/${lane}.fifo`)))
    seen = sent.length
    return fresh.map(aQueuedRecord)
  }
}
