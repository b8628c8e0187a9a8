import type { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, it } from 'vitest'
import type { FifoMessage } from '../../functions/change/message.ts'
import { createSendMessages } from '../../functions/runtime/queue.ts'
import { recordedLog } from '../support/recorded-log.ts'

type Answer = { Failed?: readonly { Id: string }[] } | Error
type Entry = { Id: string; MessageBody: string; MessageGroupId: string; MessageDeduplicationId: string }

/** An SQS that answers as told, then takes everything; what it was sent is kept. */
const toldSqs = (...answers: Answer[]) => {
  const batches: Entry[][] = []
  const sqs = {
    send: async ({ input }: SendMessageBatchCommand) => {
      batches.push((input.Entries ?? []) as Entry[])
      const answer = answers.shift() ?? {}
      if (answer instanceof Error) throw answer
      return answer
    },
  } as unknown as SQSClient
  const slept: number[] = []
  const time = { now: () => 0, sleep: async (milliseconds: number) => void slept.push(milliseconds) }
  const messagesIn = () =>
    batches.map((entries) => entries.map(({ MessageDeduplicationId }) => MessageDeduplicationId))
  return { send: createSendMessages(sqs, time, recordedLog()), batches, messagesIn, slept }
}
const message = (id: string, body = 'x'): FifoMessage => ({ body, groupId: 'g', deduplicationId: id })
const many = (count: number, body?: string) =>
  Array.from({ length: count }, (_, index) => message(`m${index}`, body))

it('sends ten at a time, in order', async () => {
  const { send, messagesIn } = toldSqs()
  expect(await send('url', many(25))).toBe(true)
  expect(messagesIn().map((ids) => ids.length)).toEqual([10, 10, 5])
  expect(messagesIn().flat()).toEqual(many(25).map(({ deduplicationId }) => deduplicationId))
})

it('sends no more than 1 MiB at a time, counted in bytes', async () => {
  const { send, batches } = toldSqs()
  await send('url', many(5, 'é'.repeat(200_000)))
  expect(batches.map((entries) => entries.length)).toEqual([2, 2, 1])
  const exactly = toldSqs()
  await exactly.send('url', many(3, 'x'.repeat(512 * 1024)))
  expect(exactly.batches.map((entries) => entries.length)).toEqual([2, 1])
})

it('sends nothing where there is nothing', async () => {
  const { send, batches } = toldSqs()
  expect(await send('url', [])).toBe(true)
  expect(batches).toEqual([])
})

it('sends failed entries again, those alone, under the same ids', async () => {
  const { send, batches, messagesIn, slept } = toldSqs(
    { Failed: [{ Id: '1' }, { Id: '3' }] },
    { Failed: [{ Id: '3' }] },
  )
  expect(await send('url', many(5))).toBe(true)
  expect(messagesIn()).toEqual([['m0', 'm1', 'm2', 'm3', 'm4'], ['m1', 'm3'], ['m3']])
  expect(batches[2]?.[0]).toEqual({
    Id: '3',
    MessageBody: 'x',
    MessageGroupId: 'g',
    MessageDeduplicationId: 'm3',
  })
  expect(slept).toHaveLength(2)
})

it('sends a batch again whose answer was lost, under the same ids', async () => {
  const { send, messagesIn } = toldSqs(new Error('reset'))
  expect(await send('url', many(2))).toBe(true)
  expect(messagesIn()).toEqual([
    ['m0', 'm1'],
    ['m0', 'm1'],
  ])
})

it('says so where not everything is durable, and sends nothing after it', async () => {
  const failed = { Failed: [{ Id: '0' }] }
  for (const answers of [
    [failed, failed, failed],
    [new Error('1'), new Error('2'), new Error('3')],
  ]) {
    const { send, batches } = toldSqs(...answers)
    expect(await send('url', many(11))).toBe(false)
    expect(batches).toHaveLength(3)
  }
})
