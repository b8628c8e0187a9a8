// A backlog worked by several workers, each taking its next batch when it has ended one, as event source mappings do.
import type { SQSRecord } from 'aws-lambda'
import type { MatchEntry, Values } from '../../functions/change/change.ts'
import type { Lane } from '../../functions/change/lane.ts'
import { MOST_RECEIVES } from '../../functions/change/message.ts'
import type { Deliver } from '../../functions/deliver/deliver.ts'
import type { LoggedRequest } from '../../infra/local/campaign/request-log.ts'
import { createArrivals } from './arrivals.ts'
import { aChange, aRecord } from './records.ts'
import type { Simulation } from './simulation.ts'
import { soonest } from './soonest.ts'

type Waiting = { readonly record: SQSRecord; readonly receives: number }

export type Backlog = {
  /** Works until nothing is left, or until the moment given (epoch ms); who finds nothing looks again after the pause. */
  readonly work: (until?: number, pauseMilliseconds?: number) => Promise<void>
  /** The same without passing time, to be run beside other work. */
  readonly poll: (until: number, pauseMilliseconds: number) => Promise<void>
  /** More of them, seen from now on. */
  readonly add: (records: readonly SQSRecord[]) => void
  readonly left: () => number
}

const BATCH = 10

export const aBacklog = (
  { time, deliver, hidden, queue }: Simulation,
  workers: readonly Deliver[],
  records: readonly SQSRecord[],
  lane: Lane = 'changes',
): Backlog => {
  const waiting = soonest<Waiting>()
  const arrivals = createArrivals(queue, [lane])
  let underWay = 0
  const add = (more: readonly SQSRecord[]) => {
    for (const record of more) waiting.add(time.now(), { record, receives: 1 })
  }
  add(records)
  const take = (): readonly Waiting[] => {
    const batch: Waiting[] = []
    while (batch.length < BATCH && (waiting.nextAt() ?? Number.POSITIVE_INFINITY) <= time.now()) {
      const one = waiting.take()
      if (one) batch.push(one)
    }
    underWay += batch.length
    return batch
  }
  const giveBack = (batch: readonly Waiting[], failed: ReadonlySet<string>) => {
    underWay -= batch.length
    for (const { record, receives } of batch) {
      if (!failed.has(record.messageId)) continue
      const seconds = hidden.get(record.receiptHandle) ?? 180
      if (receives === MOST_RECEIVES) throw new Error('SQS would put it aside by itself')
      waiting.add(time.now() + seconds * 1000, { record, receives: receives + 1 })
    }
    add(arrivals())
  }
  const runWorker = async (worker: Deliver, until: number, pause: number): Promise<void> => {
    while (time.now() < until && waiting.size() + underWay > 0) {
      const batch = take()
      if (batch.length === 0) {
        // What others hold may come back at any time.
        const visibleIn = (waiting.nextAt() ?? 0) - time.now()
        await time.sleep(Math.min(Math.max(visibleIn, pause), until - time.now()))
        continue
      }
      const answer = await deliver(
        worker,
        batch.map(({ record, receives }) => ({
          ...record,
          attributes: { ...record.attributes, ApproximateReceiveCount: String(receives) },
        })),
      )
      giveBack(batch, new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)))
    }
  }
  const poll: Backlog['poll'] = async (until, pause) => {
    await Promise.all(workers.map((worker) => runWorker(worker, until, pause)))
  }
  return {
    poll,
    work: (until = Number.POSITIVE_INFINITY, pause = 1000) => time.run(poll(until, pause)),
    add,
    left: () => waiting.size(),
  }
}

export const byKey = (name: string): MatchEntry => ({ attribute: 'cusCrmId', value: name })
export const byEmail = (name: string): MatchEntry => ({ attribute: 'email', value: `${name}@example.com` })

let made = 0

/** That many new people, and a record of one change for each. */
export const recordsOf = (
  { campaign, time }: Simulation,
  count: number,
  match: (name: string) => MatchEntry,
  set: Values = { phone: '1' },
): readonly SQSRecord[] => {
  const names = Array.from({ length: count }, () => {
    made += 1
    return `person-${made}`
  })
  campaign.addProfiles(names.map((name) => ({ cusCrmId: name, email: `${name}@example.com` })))
  return names.map((name) => aRecord([aChange({ match: [match(name)], set })], { receivedAt: time.now() }))
}

export const startWorkers = (simulation: Simulation, count: number): readonly Deliver[] =>
  Array.from({ length: count }, () => simulation.startWorker())

/** Chance that is the same in every run (mulberry32). */
export const seededRandom = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The engine calls among what Campaign was asked: all but those to IMS. */
export const engineCalls = (requests: readonly LoggedRequest[]): readonly LoggedRequest[] =>
  requests.filter(({ path }) => !path.startsWith('/ims/'))

/** The most calls in any sliding second. */
export const busiestSecond = (requests: readonly LoggedRequest[]): number => {
  let most = 0
  let from = 0
  for (const [place, { at }] of requests.entries()) {
    while ((requests[from]?.at ?? at) <= at - 1000) from += 1
    most = Math.max(most, place - from + 1)
  }
  return most
}

/** Calls per second from the first to the last. */
export const averageOf = (requests: readonly LoggedRequest[]): number => {
  const [first, last] = [requests.at(0)?.at ?? 0, requests.at(-1)?.at ?? 0]
  return ((requests.length - 1) * 1000) / (last - first)
}
