// The walk under a fault, in virtual time: sources that send until they are heard, accept, both lanes in order, workers
// that come and go, Campaign.
import type { SQSRecord } from 'aws-lambda'
import type { Deliver } from '../../functions/deliver/deliver.ts'
import type { Environment } from '../../functions/runtime/config.ts'
import { localCredentials } from '../../infra/local/credentials.ts'
import { seededRandom } from '../support/backlog.ts'
import { type Post, startAccept, startMover } from '../support/edges.ts'
import { type Around, inMemorySecrets, messagesIn, type SentMessage } from '../support/in-memory-aws.ts'
import { VISIBILITY_MILLISECONDS } from '../support/queue.ts'
import { aQueuedRecord } from '../support/records.ts'
import { hubspotEvent } from '../support/sent-events.ts'
import {
  PSEUDONYM_KEY,
  QUEUES,
  type Simulation,
  type SimulationOptions,
  startSimulation,
} from '../support/simulation.ts'
import { CONSENT, type Edit, editsOf, FIELDS, keyOf, makings, type Person, type Source } from './edits.ts'
import { createWorld, type Fault, plant, type World } from './world.ts'

type Worker = { readonly deliver: Deliver; readonly isDead: () => boolean }

/** What a source was told. */
export type Answered = Awaited<ReturnType<Post>> & { readonly edits: readonly Edit[] }

export type Walked = {
  readonly simulation: Simulation
  readonly edits: readonly Edit[]
  /** When the first edit could be made, epoch milliseconds. */
  readonly begunAt: number
  /** How far the clock of an edit's source was ahead when the edit was made. */
  readonly aheadOf: (edit: Edit) => number
  readonly answers: readonly Answered[]
  /** Deliveries that no source got rid of. */
  readonly unheard: readonly (readonly Edit[])[]
  /** What functions threw, as Lambda would log it. */
  readonly thrown: readonly unknown[]
  readonly left: number
  /** People whose flag was opened again after it had been closed, as Campaign showed it meanwhile. */
  readonly reopened: readonly Person[]
  readonly world: World
}

export type WalkOptions = {
  readonly seed?: number
  readonly environment?: Environment
  /** Whether there are also people to be made and deleted, and some whom nobody knows. */
  readonly withMakings?: boolean
  readonly told?: SimulationOptions['told']
}

export const CALLS_PER_SECOND = 4
const DELIVERY_MILLISECONDS = 4000
const RESEND_MILLISECONDS = 20_000
const MOST_SENDS = 100
const POLL_MILLISECONDS = 1000
/** A worker lives so long, and accept so long; the next one remembers nothing. */
const WORKER_MILLISECONDS = 30_000
const ACCEPT_MILLISECONDS = 70_000
const LONGEST_MILLISECONDS = 6 * 3_600_000

const eventOf = (edit: Edit, occurredAt: number): object =>
  edit.source === 'direct'
    ? {
        id: edit.id,
        occurredAt: new Date(occurredAt).toISOString(),
        match: edit.match.map(({ attribute, value }) => ({ [attribute]: value })),
        ...(edit.action !== 'delete' && { set: edit.set }),
        ...(edit.action && { action: edit.action }),
      }
    : hubspotEvent({
        eventId: Number(edit.id.slice('edit-'.length)),
        objectId: Number(keyOf(edit.person)),
        propertyName: FIELDS[Object.keys(edit.set)[0] ?? ''],
        propertyValue: String(Object.values(edit.set)[0]),
        occurredAt,
      })

export const walk = async (
  fault: Fault,
  { seed = 20261122, environment = {}, withMakings = false, told }: WalkOptions = {},
): Promise<Walked> => {
  const random = seededRandom(seed)
  const world = createWorld(random)
  const secretsManager = inMemorySecrets(world.secrets, () => !world.isSecretsManagerAway)
  const simulation = startSimulation({
    settings: { latencyMs: 100, emailMatch: 'ignoreCase' },
    environment: { CALLS_PER_SECOND: String(CALLS_PER_SECOND), UNMATCHED: 'park', ...environment },
    random,
    credentials: world.credentials,
    secretsManager,
    onAws: world.onAws,
    onAwsAnswer: world.onAwsAnswer,
    ...(told && { told }),
  })
  const { time, queue, campaign } = simulation
  plant(campaign)
  await time.run(Promise.resolve(fault.prepare?.(world, simulation)))
  const begunAt = time.now()
  const edits = withMakings ? [...editsOf(seed), ...makings()] : editsOf(seed)
  const thrown: unknown[] = []
  const onRequest = ({ headers }: { headers: Record<string, string> }) =>
    world.seenTokens.add(headers['authorization'] ?? '')

  /** Ends where it is killed, and nothing that it had begun continues; Lambda then says that it has failed. */
  const startWorker = (): Worker => {
    const { promise: death, reject: die } = Promise.withResolvers<never>()
    death.catch(() => {})
    let isDead = false
    const unlessKilled = async () => {
      isDead ||= world.happens('areWorkersKilled')
      if (!isDead) return
      die(new Error('Runtime.ExitError'))
      await new Promise(() => {})
    }
    const around: Around = async (call) => {
      await unlessKilled()
      const answer = await call()
      await unlessKilled()
      return answer
    }
    const deliver = simulation.startWorker(around, { onRequest })
    return { deliver: (...given) => Promise.race([deliver(...given), death]), isDead: () => isDead }
  }

  /** Whoever is asked for a worker gets the one that stands, or a new one when it has died, or after a while. */
  const workers = () => {
    let [worker, startedAt] = [startWorker(), time.now()]
    return (): Deliver => {
      if (worker.isDead() || time.now() - startedAt > WORKER_MILLISECONDS)
        [worker, startedAt] = [startWorker(), time.now()]
      return worker.deliver
    }
  }

  const answers: Answered[] = []
  const unheard: (readonly Edit[])[] = []
  const ahead = new Map<Edit, number>()
  const deliverNow = workers()
  const newAccept = () =>
    startAccept(
      simulation,
      async (call) => {
        world.onAws('queue')
        const answer = await call()
        world.onAwsAnswer('queue')
        return answer
      },
      (...given) => deliverNow()(...given),
      {
        secretsManager,
        secretOf: (source) => world.senderSecrets[source],
        aheadOf: (source) => (source === 'hubspot' ? world.aheadMilliseconds : 0),
        environment: { ...(environment['MODE'] && { MODE: environment['MODE'] }) },
      },
    )
  let [accept, acceptedSince] = [newAccept(), time.now()]
  const sendUntilHeard = async (own: readonly Edit[], source: Source): Promise<void> => {
    const body = own.map((edit) => eventOf(edit, begunAt + edit.madeAt + (ahead.get(edit) ?? 0)))
    const headers = source === 'direct' && own.length === 1 ? { prefer: 'wait=5' } : undefined
    for (let sends = 0; sends < MOST_SENDS; sends += 1) {
      if (time.now() - acceptedSince > ACCEPT_MILLISECONDS)
        [accept, acceptedSince] = [newAccept(), time.now()]
      const answer = await accept(source, body, headers).catch((error: unknown) => {
        thrown.push(error)
        return undefined
      })
      if (answer) answers.push({ ...answer, edits: own })
      // A source gives up what was understood and refused, and sends again what was not heard or not believed.
      if (answer && (answer.status < 300 || answer.status === 422)) return
      await time.sleep(RESEND_MILLISECONDS)
    }
    unheard.push(own)
  }

  const seenClosed = new Set<Person>()
  const reopened = new Set<Person>()
  const watchConsent = () => {
    for (const profile of campaign.profiles())
      for (const person of ['zoe', 'eve'] as const) {
        if (profile['cusCrmId'] !== keyOf(person)) continue
        if (profile[CONSENT] === true) seenClosed.add(person)
        else if (seenClosed.has(person)) reopened.add(person)
      }
  }

  const inFlight = new Set<SentMessage>()
  const receive = (queueUrl: string): readonly SentMessage[] => {
    const all = messagesIn(queue, queueUrl)
    const isHeld = (one: SentMessage) => inFlight.has(one) || (queue.visibleAt.get(one) ?? 0) > time.now()
    const blocked = new Set(all.filter(isHeld).map(({ MessageGroupId }) => MessageGroupId))
    const size = 1 + Math.floor(random() * 10)
    return all.filter(({ MessageGroupId }) => !blocked.has(MessageGroupId)).slice(0, size)
  }
  const toRecord = (message: SentMessage, lane: string): SQSRecord => ({
    ...aQueuedRecord(message),
    eventSourceARN: `arn:aws:sqs:eu-west-1:000000000000:${lane}.fifo`,
  })

  const receives = new Map<SentMessage, number>()
  const work = async (worker: Deliver, messages: readonly SentMessage[], lane: string): Promise<void> => {
    for (const one of messages) {
      inFlight.add(one)
      receives.set(one, (receives.get(one) ?? 0) + 1)
    }
    const records = messages.map((one) => {
      const record = toRecord(one, lane)
      const ApproximateReceiveCount = String(receives.get(one))
      return { ...record, attributes: { ...record.attributes, ApproximateReceiveCount } }
    })
    const answer = await simulation.deliver(worker, records).catch((error: unknown) => {
      thrown.push(error)
      return undefined
    })
    const failed = new Set(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
    for (const [place, one] of messages.entries()) {
      const { messageId = '', receiptHandle = '' } = records[place] ?? {}
      inFlight.delete(one)
      if (answer && !failed.has(messageId) && !world.happens('areDeletionsLost')) queue.deleted.add(one)
      const seconds = queue.hidden.get(receiptHandle) ?? VISIBILITY_MILLISECONDS / 1000
      queue.visibleAt.set(one, time.now() + seconds * 1000)
    }
    watchConsent()
  }

  let isAllSent = false
  const lanes = { consent: QUEUES.CONSENT_QUEUE_URL, changes: QUEUES.CHANGES_QUEUE_URL }
  const left = () => Object.values(lanes).reduce((sum, url) => sum + messagesIn(queue, url).length, 0)
  const consume = async (lane: keyof typeof lanes): Promise<void> => {
    const worker = workers()
    while ((!isAllSent || left() > 0) && time.now() - begunAt < LONGEST_MILLISECONDS) {
      const messages = receive(lanes[lane])
      if (messages.length > 0) await work(worker(), messages, lane)
      else await time.sleep(POLL_MILLISECONDS)
    }
  }

  const disturb = async (): Promise<void> => {
    for (const [from, to] of fault.spans) {
      await time.sleep(begunAt + from * 1000 - time.now())
      while (time.now() - begunAt < to * 1000) {
        fault.begin(world, simulation)
        await time.sleep(Math.min(5000, begunAt + to * 1000 - time.now()))
      }
      fault.end(world, simulation)
    }
  }

  const send = async (): Promise<void> => {
    // A source stamps an edit by the clock that it has when the edit is made.
    const stamp = async (edit: Edit) => {
      await time.sleep(edit.madeAt)
      ahead.set(edit, edit.source === 'hubspot' ? world.aheadMilliseconds : 0)
    }
    const deliveries = Map.groupBy(
      edits,
      ({ source, sentAt }) => `${source} ${Math.ceil(sentAt / DELIVERY_MILLISECONDS)}`,
    )
    const deliver = async (own: readonly Edit[]) => {
      await Promise.all(own.map(stamp))
      const last = Math.max(...own.map(({ sentAt }) => sentAt))
      await time.sleep(begunAt + last - time.now())
      await sendUntilHeard(own, own[0]?.source ?? 'direct')
    }
    await Promise.all([...deliveries.values()].map(deliver))
    isAllSent = true
  }

  await time.run(Promise.all([disturb(), send(), consume('consent'), consume('changes'), consume('changes')]))
  await time.pass(120_000)
  if (environment['UNMATCHED'] === 'wait') await time.run(startMover(simulation, (call) => call())())
  return {
    simulation,
    edits,
    begunAt,
    aheadOf: (edit) => ahead.get(edit) ?? 0,
    answers,
    unheard,
    thrown,
    left: left(),
    reopened: [...reopened],
    world,
  }
}

/** Everything secret of a walk besides what the edits hold. */
export const secretsOf = ({ world }: Walked): readonly string[] => [
  ...Object.values(world.credentials),
  ...Object.values(world.secrets),
  ...Object.values(world.senderSecrets),
  ...[...world.seenTokens].map((token) => token.replace(/^Bearer /, '')),
  ...Object.values(localCredentials.sources).flat(),
  PSEUDONYM_KEY,
]
