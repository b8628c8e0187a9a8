// Sends parked changes again. A message is deleted only once it was sent: what happens twice ends as `duplicate`.
import type { MatchEntry } from '../../functions/change/change.ts'
import type { ChangesMessage } from '../../functions/change/message.ts'
import { FOR_A_PERSON } from '../../functions/change/read/problem.ts'
import {
  belongsToConsent,
  type ParkedContent,
  readParked,
  toRedriven,
} from '../../functions/change/redriven.ts'
import type { Log } from '../../functions/runtime/log.ts'
import type { Pseudonym } from '../../functions/runtime/pseudonym.ts'
import type { SendMessages } from '../../functions/runtime/queue.ts'
import type { Time } from '../../functions/runtime/time.ts'
import type { ParkedQueue, Received } from './parked-queue.ts'
import { createTally, type Tally } from './tally.ts'

export type RedriveSettings = {
  readonly parked: ParkedQueue
  readonly send: SendMessages
  readonly changesQueueUrl: string
  /** Where the stack has a lane of its own for consent. */
  readonly consentQueueUrl: string
  readonly pseudonym: Pseudonym
  readonly isSelected: (parked: Pick<ParkedContent, 'code' | 'at'>) => boolean
  readonly isDryRun: boolean
  readonly time: Pick<Time, 'now'>
  readonly log: Log
  /** Ends the run after what is under way. */
  readonly signal?: AbortSignal
}

export type Redriven = {
  readonly tally: Tally
  /** How many were parked after the run began, and are for the next one. */
  readonly younger: number
  /** Why the run ended early. */
  readonly stoppedBy?: unknown
}

type Taken = { readonly received: Received; readonly code: string; readonly message: ChangesMessage }

/** Works until nothing is left that was parked before the run began; what stays is visible to others afterwards. */
export const redrive = async (settings: RedriveSettings): Promise<Redriven> => {
  const { parked, send, changesQueueUrl, consentQueueUrl, pseudonym, time, log } = settings
  const startedAt = time.now()
  const tally = createTally()
  let younger = 0
  /** By message id, what stays in the queue: hidden until the end, or it would be received for ever. */
  const held = new Map<string, Received>()
  /** The changes that were sent: parked again meanwhile they are for the next run, whatever this machine's clock says. */
  const sent = new Set<string>()

  /** What of a batch is to be sent; the rest is counted. */
  const take = (batch: readonly Received[]): readonly Taken[] =>
    batch.flatMap((received) => {
      const { code, at, message } = readParked(received)
      const isSelected = settings.isSelected({ code, at })
      if (isSelected) tally.count(code, 'selected')
      if (isSelected && !message) tally.count(code, isForPerson(code) ? 'undecided' : 'undecodable')
      const isSentAlready = message && namesOf(message).some((name) => sent.has(name))
      if (isSelected && message && !isSentAlready && !settings.isDryRun) return [{ received, code, message }]
      tally.count(code, 'left')
      return []
    })

  const sendTo = (queueUrl: string, taken: readonly Taken[]): Promise<boolean> => {
    const groupOf = ({ attribute, value }: MatchEntry) => pseudonym(attribute, value)
    const given = { now: time.now(), groupOf }
    return send(
      queueUrl,
      taken.map(({ received: { messageId }, message }) => toRedriven(message, { messageId, ...given })),
    )
  }

  const bring = async (taken: readonly Taken[]): Promise<void> => {
    const consent = taken.filter(({ message }) => belongsToConsent(message))
    const others = taken.filter((one) => !consent.includes(one))
    const isSent = (await sendTo(consentQueueUrl, consent)) && (await sendTo(changesQueueUrl, others))
    for (const { code, message } of taken) {
      tally.count(code, isSent ? 'sent' : 'left')
      for (const name of namesOf(message)) sent.add(name)
    }
    if (!isSent) throw new Error('the queues take no messages just now')
    const undeleted = taken.length === 0 ? 0 : await parked.remove(taken.map(({ received }) => received))
    // They come back, are sent again and end as `duplicate`.
    if (undeleted > 0) log.warn('parked.undeleted', { count: undeleted })
    for (const { received } of taken) held.delete(received.messageId)
  }

  const work = async (): Promise<void> => {
    while (!settings.signal?.aborted) {
      const batch = await parked.receive()
      const fresh = batch.filter(({ messageId }) => !held.has(messageId))
      for (const received of batch) held.set(received.messageId, received)
      const older = fresh.filter(({ sentAt }) => sentAt < startedAt)
      younger += fresh.length - older.length
      if (older.length === 0) return
      await bring(take(older))
    }
  }

  const stoppedBy = await work().then(
    () => undefined,
    (error: unknown) => error ?? 'an unknown reason',
  )
  // Where not even that is possible they show themselves.
  await parked.show(held.values()).catch(() => log.warn('parked.hidden', { count: held.size }))
  return { tally, younger, ...(stoppedBy !== undefined && { stoppedBy }) }
}

/** An event that was decoded well, and put aside for what it says. */
const isForPerson = (code: string): boolean => FOR_A_PERSON.some((one) => one === code)

/** The changes of a message, as nobody else's are called. */
const namesOf = ({ receipt, changes }: ChangesMessage): readonly string[] =>
  changes.map(({ index }) => `${receipt} ${index}`)
