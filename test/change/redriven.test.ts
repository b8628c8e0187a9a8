// What is sent for a parked message: the same changes with all their time again, under an id that no send ever had.
import { expect, it } from 'vitest'
import { readMessage, toMovedMessage, toText } from '../../functions/change/message.ts'
import { toParkedChange, toParkedEvent } from '../../functions/change/parked.ts'
import {
  belongsToConsent,
  type ParkedContent,
  readParked,
  toRedriven,
} from '../../functions/change/redriven.ts'
import { aChange } from '../support/records.ts'

const stamp = { receipt: '5d0c1a52-7d5e-4c7e-9f4e-0a4f0a3e8f11', receivedAt: 1000 }
const reason = { code: 'unmatched', detail: 'no profile matches', at: 5000, lane: 'changes' } as const
const key = { attribute: 'cusCrmId', value: '7' }
const change = aChange({ index: 3, match: [key], set: { phone: '1' } })

const receive = (sent: { body: string; deduplicationId: string }) =>
  readParked({ messageId: 'message-1', sentAt: 6000, ...sent })
const messageOf = ({ message }: ParkedContent) => {
  if (!message) throw new Error('this holds no changes')
  return message
}
const groupOf = ({ attribute, value }: { attribute: string; value: string }) =>
  `pseudonym of ${attribute} ${value}`
const resend = (content: ParkedContent, messageId = 'message-1') =>
  toRedriven(messageOf(content), { messageId, now: 9000, groupOf })

it('is a message of changes, received now, one hop further, in the group of its first match', () => {
  const parked = receive(toParkedChange(stamp, change, reason, 4))
  expect(parked).toMatchObject({ code: 'unmatched', at: 5000 })
  const again = resend(parked)
  expect(readMessage(again.body)).toEqual({
    v: 1,
    receipt: stamp.receipt,
    receivedAt: 9000,
    hop: 5,
    changes: [change],
  })
  expect(again.groupId).toBe('pseudonym of cusCrmId 7')
})

it('has an id of its own for each parked message, the same however often that one is sent', () => {
  const first = receive(toParkedChange(stamp, change, reason, 0))
  const ids = [resend(first), resend(first), resend(first, 'message-2')].map(
    ({ deduplicationId }) => deduplicationId,
  )
  expect(new Set(ids).size).toBe(2)
  expect(ids[0]).toBe(ids[1])
  expect(Math.max(...ids.map((id) => id.length))).toBeLessThanOrEqual(128)
})

it('is not taken for what the mover sends of the same delivery at the same hop', () => {
  const redriven = resend(receive(toParkedChange(stamp, change, reason, 0)))
  const waiting = { v: 1, ...stamp, hop: 0, changes: [change, aChange({ index: 4, match: [key] })] } as const
  expect(toMovedMessage(waiting, redriven.groupId).deduplicationId).not.toBe(redriven.deduplicationId)
})

it('is the whole message where SQS gave it up', () => {
  const message = { v: 1, ...stamp, hop: 2, changes: [change, aChange({ index: 5, match: [key] })] }
  const crashed = receive({ body: toText(message), deduplicationId: 'whatever' })
  expect(crashed).toMatchObject({ code: 'crashed', at: 6000 })
  expect(readMessage(resend(crashed).body)).toEqual({ ...message, receivedAt: 9000, hop: 3 })
})

it.each([
  [
    'an event that nobody could decode',
    toParkedEvent(stamp, 0, { source: 'hubspot', event: {}, text: '{}', parked: reason }),
  ],
  ['no JSON', { body: '{"v":1,', deduplicationId: '' }],
  ['something else', { body: '{"v":2,"parked":true}', deduplicationId: '' }],
])('is nothing where it holds %s', (_what, sent) => {
  expect(receive(sent).message).toBeUndefined()
})

it.each([
  [{ set: { blackListEmail: true } }, true],
  [{ restate: { ccpaOptOut: false } }, true],
  [{ set: { phone: '1' } }, false],
])('belongs to the lane of consent where one of its changes does: %j', (values, expected) => {
  const message = { v: 1, ...stamp, hop: 0, changes: [change, aChange({ match: [key], ...values })] } as const
  expect(belongsToConsent(message)).toBe(expected)
})
