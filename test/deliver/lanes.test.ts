// The lane of consent as deliver sees it: where a change goes on that finds no profile, and what is told meanwhile.
import { setTimeout as sleep } from 'node:timers/promises'
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Change } from '../../functions/change/change.ts'
import { sqsEvent } from '../../infra/local/aws/sqs-event.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson } from '../support/person.ts'
import { received } from '../support/received.ts'
import { aChange, aRecord } from '../support/records.ts'

const DAY = 24 * 60 * 60 * 1000

let delivery: Delivery
beforeEach(async () => {
  delivery = await startDelivery()
})
afterEach(() => delivery[Symbol.asyncDispose]())

let nobodies = 0
const nobody = () => {
  nobodies += 1
  return { attribute: 'cusCrmId', value: `nobody-of-the-lanes-${nobodies}` }
}
const optOut = (match = nobody()): Change => aChange({ match: [match], set: { blackListEmail: true } })
const counts = () => delivery.standIns.queueCounts()
const linesOf = ({ id }: Change, message = 'change.delivered') =>
  delivery.log.lines.filter((line) => line.message === message && line['changeId'] === id)

it('sends on to the changes queue what it finds no profile for: same group, one hop further, no end yet', async () => {
  const change = optOut()
  const given = {
    lane: 'consent',
    receipt: 'sent-on',
    receivedAt: Date.now() - 5000,
    group: 'a group',
  } as const
  const { batchItemFailures } = await delivery.deliverBatch([aRecord([change], given)])
  expect(batchItemFailures).toEqual([])
  expect(await counts()).toMatchObject({ changes: 1, waiting: 0, parked: {} })
  const [message] = await received(delivery, 'changes')
  const { receipt, receivedAt } = given
  expect(message?.body).toEqual({ v: 1, receipt, receivedAt, hop: 1, changes: [change] })
  expect(message?.Attributes).toMatchObject({ MessageGroupId: 'a group' })
  expect(linesOf(change)).toMatchObject([{ outcome: 'deferred', code: 'sent-on' }])
  expect(linesOf(change, 'consent.unmatched')).toEqual([])
})

it('is applied there behind the change that creates its profile', async () => {
  const key = nobody()
  const change = optOut(key)
  await delivery.deliverBatch([aRecord([change], { lane: 'consent' })])
  const [sentOn] = await received(delivery, 'changes')
  const create = aChange({ match: [key], action: 'upsert', set: { phone: '1' } })
  await delivery.deliverBatch([aRecord([create]), aRecord(sentOn?.body.changes, { hop: sentOn?.body.hop })])
  const profile = delivery.campaign.profiles().find(({ cusCrmId }) => cusCrmId === key.value)
  expect(profile).toMatchObject({ phone: '1', blackListEmail: true })
  expect(linesOf(change)).toMatchObject([{ outcome: 'deferred' }, { outcome: expect.any(String) }])
})

it('sends on only what has no profile, and ends what travelled with it', async () => {
  const first = nobody()
  const ada = aPerson(delivery, { cusCrmId: '' })
  const [lost, found] = [optOut(first), aChange({ match: [first, ada.email], set: { blackListEmail: true } })]
  await delivery.deliverBatch([aRecord([lost, { ...found, index: 1 }], { lane: 'consent' })])
  expect((await received(delivery, 'changes')).map(({ body }) => body.changes)).toEqual([[lost]])
  expect(ada.profile()).toMatchObject({ blackListEmail: true })
})

it('waits in the other lane, with a metric of its own on the first and every tenth hop', async () => {
  const change = optOut()
  const hops = Array.from({ length: 10 }, (_, hop) => hop + 1)
  await delivery.deliverBatch(hops.map((hop) => aRecord([change], { hop, receipt: `hop-${hop}` })))
  expect((await counts()).waiting).toBe(10)
  for (const message of ['change.delivered', 'consent.unmatched'])
    expect(linesOf(change, message).map(({ receipt }) => receipt)).toEqual(['hop-1', 'hop-10'])
  expect(Object.keys(linesOf(change, 'consent.unmatched')[0] ?? {}).toSorted()).toEqual(
    ['changeId', 'hop', 'level', 'message', 'receipt', 'source'].toSorted(),
  )
})

it('ends as unmatched in the other lane only, where such changes are parked', async () => {
  const worker = delivery.startWorker({ UNMATCHED: 'park' })
  const change = optOut()
  await delivery.deliverBatch([aRecord([change], { lane: 'consent', receipt: 'first' })], worker)
  expect((await counts()).parked).toEqual({})
  await delivery.deliverBatch([aRecord([change], { hop: 1, receipt: 'then' })], worker)
  expect(linesOf(change)).toMatchObject([{ outcome: 'deferred' }, { outcome: 'unmatched', receipt: 'then' }])
  expect(linesOf(change, 'consent.unmatched')).toHaveLength(1)
})

it('is queued, too, for a sender who waits for the answer', async () => {
  const worker = delivery.startWorker({ UNMATCHED: 'park' })
  expect(await delivery.deliverNow([optOut()], worker)).toMatchObject([{ outcome: 'deferred' }])
})

it('says of what it parks by which lane it came', async () => {
  const change = optOut()
  await delivery.deliverBatch([aRecord([change], { lane: 'consent', receivedAt: Date.now() - 12 * DAY })])
  expect((await received(delivery, 'parked')).map(({ body }) => body.parked)).toMatchObject([
    { code: 'expired', lane: 'consent' },
  ])
})

it('is not sent on while somebody only looks', async () => {
  const worker = delivery.startWorker({ MODE: 'observe' })
  const change = optOut()
  await delivery.deliverBatch([aRecord([change], { lane: 'consent' })], worker)
  expect(linesOf(change)).toMatchObject([{ outcome: 'observed' }])
  expect(await counts()).toMatchObject({ changes: 0 })
})

it('hides what comes back in the queue it came from', async () => {
  const ada = aPerson(delivery)
  const { sqs } = delivery.standIns.clients()
  const QueueUrl = delivery.standIns.queues.consent.url
  const { body: MessageBody } = aRecord([optOut(ada.key)])
  await sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody,
      MessageGroupId: 'ada',
      MessageDeduplicationId: ada.key.value,
    }),
  )
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'] }),
  )
  delivery.campaign.setFaults([{ match: { method: 'PATCH' }, times: 1, answer: { status: 503 } }])
  const { Records } = sqsEvent(Messages, delivery.standIns.queues.consent.arn)
  const { batchItemFailures } = await delivery.deliverBatch(Records)
  expect(batchItemFailures).toHaveLength(1)
  await sleep(2500)
  const again = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'] }))
  expect(again.Messages).toHaveLength(1)
})
