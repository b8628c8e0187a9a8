// EventBridge on one machine: one bus with one rule that puts events into the inbox, and an archive to replay them from.
import * as z from 'zod'
import { realTime } from '../../../functions/runtime/time.ts'
import { type BusPattern, isMatch } from '../../bus-pattern.ts'
import { ACCOUNT_ID, REGION } from './aws-clients.ts'
import { type AwsAnswer, awsError, startAwsJsonServer } from './aws-json-server.ts'
import type { Listening } from './listen.ts'
import { type BusEvent, putEventsSchema, requestFault, toBusEvent, toEnvelope } from './put-events.ts'
import { type Report, reportOnStandardError } from './run-function.ts'

export type EventBridgeSettings = {
  /** Events on any other bus are taken as on AWS, and no rule is there. */
  readonly busName: string
  readonly pattern: BusPattern
  /** What the target of the rule gets. */
  readonly putIntoInbox: (text: string) => Promise<unknown>
  readonly report?: Report | undefined
}

/** The archive forgets its oldest beyond these: nothing of the local stack may grow for ever. */
const ARCHIVED_EVENTS = 10_000

const startReplaySchema = z.object({
  ReplayName: z.string(),
  /** Epoch seconds, as the SDK writes them. */
  EventStartTime: z.number(),
  EventEndTime: z.number(),
})

/** Starts on a free port of this machine; PutEvents and StartReplay are served. */
export const startEventBridge = async (settings: EventBridgeSettings): Promise<Listening> => {
  const { busName, pattern, putIntoInbox, report = reportOnStandardError } = settings
  const archive: BusEvent[] = []
  const replays = new Set<string>()

  const bring = async (event: BusEvent, more: object = {}): Promise<void> => {
    if (event.busName !== busName || !isMatch(pattern, event)) return
    try {
      await putIntoInbox(toEnvelope(event, more))
    } catch (cause) {
      // On AWS it is tried for a day and then lies in the rule's dead-letter queue.
      report('an event could not be put into the inbox', cause)
    }
  }

  const putEvents = async (body: unknown): Promise<AwsAnswer> => {
    const { Entries } = putEventsSchema.parse(body)
    const fault = requestFault(Entries)
    if (fault !== undefined) return awsError(400, 'ValidationException', fault)
    const taken = Entries.map((entry) => toBusEvent(entry, realTime.now()))
    for (const event of taken) {
      if ('ErrorCode' in event) continue
      archive.push(event)
      await bring(event)
    }
    archive.splice(0, Math.max(0, archive.length - ARCHIVED_EVENTS))
    return json({
      FailedEntryCount: taken.filter((event) => 'ErrorCode' in event).length,
      Entries: taken.map((event) => ('ErrorCode' in event ? event : { EventId: event.id })),
    })
  }

  const startReplay = async (body: unknown): Promise<AwsAnswer> => {
    const { ReplayName, EventStartTime, EventEndTime } = startReplaySchema.parse(body)
    if (replays.has(ReplayName))
      return awsError(400, 'ResourceAlreadyExistsException', `Replay ${ReplayName} already exists.`)
    replays.add(ReplayName)
    const replayed = archive.filter(({ at }) => at >= EventStartTime * 1000 && at < EventEndTime * 1000)
    for (const event of replayed) await bring(event, { 'replay-name': ReplayName })
    return json({
      ReplayArn: `arn:aws:events:${REGION}:${ACCOUNT_ID}:replay/${ReplayName}`,
      State: 'STARTING',
      ReplayStartTime: realTime.now() / 1000,
    })
  }

  return startAwsJsonServer(async ({ headers, body }) => {
    const target = headers['x-amz-target']
    if (target === 'AWSEvents.PutEvents') return putEvents(JSON.parse(body))
    if (target === 'AWSEvents.StartReplay') return startReplay(JSON.parse(body))
    return awsError(400, 'UnknownOperationException', 'only PutEvents and StartReplay are served here')
  })
}

const json = (body: object): AwsAnswer => ({ status: 200, body: JSON.stringify(body) })
