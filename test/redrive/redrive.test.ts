// Redriving over real queues: nothing is lost and nothing goes in a circle, wherever it breaks.
import { DeleteMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Change } from '../../functions/change/change.ts'
import { type Parked, toParkedChange, toParkedEvent } from '../../functions/change/parked.ts'
import { createSendMessages } from '../../functions/runtime/queue.ts'
import { realTime } from '../../functions/runtime/time.ts'
import { startStandIns } from '../../infra/local/aws/stand-ins.ts'
import { createParkedQueue } from '../../infra/redrive/parked-queue.ts'
import { type RedriveSettings, redrive } from '../../infra/redrive/redrive.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { aChange } from '../support/records.ts'

let standIns: Awaited<ReturnType<typeof startStandIns>>
let sqs: SQSClient
beforeEach(async () => {
  standIns = await startStandIns({ secrets: { campaign: {}, sources: {} } })
  sqs = standIns.clients().sqs
})
afterEach(() => standIns.close())

const log = recordedLog()
const nobody = (number: number): Change =>
  aChange({ match: [{ attribute: 'cusCrmId', value: `nobody-${number}` }], set: { phone: '1' } })
const park = async (changes: readonly Change[], given: Partial<Parked> = {}) => {
  const parked = { code: 'unmatched', detail: '', at: Date.now(), lane: 'changes', ...given } as const
  await createSendMessages(
    sqs,
    realTime,
    log,
  )(
    standIns.queues.parked.url,
    changes.map((change) => toParkedChange({ receipt: change.id, receivedAt: 0 }, change, parked)),
  )
}
const run = (given: Partial<RedriveSettings> = {}, client = sqs) =>
  redrive({
    parked: createParkedQueue(client, standIns.queues.parked.url, 0),
    send: createSendMessages(client, realTime, log),
    changesQueueUrl: standIns.queues.changes.url,
    consentQueueUrl: standIns.queues.consent.url,
    pseudonym: (attribute, value) => `${attribute}-${value}`,
    isSelected: () => true,
    isDryRun: false,
    // Parked just now is before the run, as far as the queue's own clock goes.
    time: { now: () => Date.now() + 1 },
    log,
    ...given,
  })
const counts = async () => {
  const { changes, consent, parked } = await standIns.queueCounts()
  return { changes, consent, parked }
}

it('sends all that is parked, more than one batch of it, and leaves nothing', async () => {
  await park(Array.from({ length: 12 }, (_, number) => nobody(number)))
  const { tally } = await run()
  expect(tally.codes().get('unmatched')).toEqual({
    selected: 12,
    sent: 12,
    left: 0,
    undecodable: 0,
    undecided: 0,
  })
  expect(await counts()).toEqual({ changes: 12, consent: 0, parked: {} })
})

it('leaves what is not selected where it was, to be seen at once', async () => {
  await park([nobody(1)])
  await park([nobody(2), nobody(3)], { code: 'expired' })
  const { tally } = await run({ isSelected: ({ code }) => code === 'unmatched' })
  expect(tally.codes().get('expired')).toEqual({
    selected: 0,
    sent: 0,
    left: 2,
    undecodable: 0,
    undecided: 0,
  })
  expect(await counts()).toEqual({ changes: 1, consent: 0, parked: { expired: 2 } })
  expect((await run()).tally.total('sent')).toBe(2)
})

it('leaves an event that holds no change, and says so', async () => {
  const parked = { code: 'invalid', detail: '', at: 0, lane: 'changes' } as const
  const stamp = { receipt: 'a', receivedAt: 0 }
  const event = toParkedEvent(stamp, 0, { source: 'hubspot', event: {}, text: '{}', parked })
  await createSendMessages(sqs, realTime, log)(standIns.queues.parked.url, [event])
  const { tally } = await run()
  expect(tally.codes().get('invalid')).toEqual({
    selected: 1,
    sent: 0,
    left: 1,
    undecodable: 1,
    undecided: 0,
  })
  expect(await counts()).toEqual({ changes: 0, consent: 0, parked: { invalid: 1 } })
})

it('leaves what waits for a person to decide, and counts it as that and not as a fault', async () => {
  for (const [index, code] of (['deletion', 'privacy-deletion', 'merge'] as const).entries()) {
    const parked = { code, detail: '', at: 0, lane: 'changes' } as const
    const event = toParkedEvent({ receipt: 'a', receivedAt: 0 }, index, {
      source: 'hubspot',
      event: {},
      text: '{}',
      parked,
    })
    await createSendMessages(sqs, realTime, log)(standIns.queues.parked.url, [event])
  }
  const { tally } = await run()
  const counted = { selected: 1, sent: 0, left: 1, undecodable: 0, undecided: 1 }
  expect([...tally.codes().values()]).toEqual([counted, counted, counted])
  expect(await counts()).toEqual({
    changes: 0,
    consent: 0,
    parked: { deletion: 1, 'privacy-deletion': 1, merge: 1 },
  })
})

it('changes nothing in a dry run', async () => {
  await park([nobody(1), nobody(2)])
  const { tally } = await run({ isDryRun: true })
  expect(tally.codes().get('unmatched')).toEqual({
    selected: 2,
    sent: 0,
    left: 2,
    undecodable: 0,
    undecided: 0,
  })
  expect(await counts()).toEqual({ changes: 0, consent: 0, parked: { unmatched: 2 } })
})

it('puts what touches consent in its own lane', async () => {
  const optOut = aChange({ match: [{ attribute: 'cusCrmId', value: '1' }], set: { blackListEmail: true } })
  await park([optOut, nobody(1)])
  await run()
  expect(await counts()).toEqual({ changes: 1, consent: 1, parked: {} })
})

it('sends nothing twice after a crash between sending and deleting', async () => {
  await park([nobody(1), nobody(2)])
  const { clients } = standIns
  const mortal = clients().sqs
  mortal.middlewareStack.add((next, { commandName }) => async (given) => {
    if (commandName === DeleteMessageBatchCommand.name) throw new Error('the machine went down')
    return next(given)
  })
  const first = await run({}, mortal)
  expect(first.stoppedBy).toMatchObject({ message: 'the machine went down' })
  expect(await counts()).toEqual({ changes: 2, consent: 0, parked: { unmatched: 2 } })
  expect((await run()).stoppedBy).toBeUndefined()
  expect(await counts()).toEqual({ changes: 2, consent: 0, parked: {} })
})

it('loses nothing where the queue of changes takes none', async () => {
  await park([nobody(1), nobody(2)])
  const { tally, stoppedBy } = await run({ send: async () => false })
  expect(stoppedBy).toMatchObject({ message: 'the queues take no messages just now' })
  expect(tally.codes().get('unmatched')).toEqual({
    selected: 2,
    sent: 0,
    left: 2,
    undecodable: 0,
    undecided: 0,
  })
  expect((await run()).tally.total('sent')).toBe(2)
})

it('goes in no circle with what is parked again while it runs, even where its clock is ahead', async () => {
  const change = nobody(1)
  await park([change])
  const send = createSendMessages(sqs, realTime, log)
  const { tally } = await run({
    time: { now: () => Date.now() + 60_000 },
    send: async (url, messages) => {
      const isSent = await send(url, messages)
      const parked = { code: 'unmatched', detail: '', at: Date.now(), lane: 'changes' } as const
      const again = toParkedChange({ receipt: change.id, receivedAt: 0 }, change, parked, 1)
      return isSent && (messages.length === 0 || send(standIns.queues.parked.url, [again]))
    },
  })
  expect(tally.total('sent')).toBe(1)
  expect(await counts()).toEqual({ changes: 1, consent: 0, parked: { unmatched: 1 } })
})

it('leaves to the next run what was parked after it began', async () => {
  await park([nobody(1)])
  expect(await run({ time: { now: () => Date.now() - 60_000 } })).toMatchObject({ younger: 1 })
  expect(await counts()).toEqual({ changes: 0, consent: 0, parked: { unmatched: 1 } })
})
