import { describe, expect, it } from 'vitest'
import { type Change, changeSchema } from '../../functions/change/change.ts'
import {
  changesMessageSchema,
  fitsMessage,
  MESSAGE_BYTES,
  toChangesMessages,
} from '../../functions/change/message.ts'
import { toParkedChange, toParkedEvent } from '../../functions/change/parked.ts'
import { createPseudonym } from '../../functions/runtime/pseudonym.ts'
import { aChange, type GivenChange } from '../support/records.ts'

const stamp = { receipt: 'r-1', receivedAt: 1795341600000 }
const pseudonym = createPseudonym('k'.repeat(32))
const groupOf = ({ attribute, value }: Change['match'][0]) => pseudonym(attribute, value)
const change = (index: number, given: Partial<GivenChange> = {}): Change =>
  aChange({
    id: `evt_${index}`,
    index,
    match: [{ attribute: 'email', value: 'amy.dakota@mail.com' }],
    set: { phone: String(index) },
    ...given,
  })
const bodyOf = (message: { readonly body: string }) => changesMessageSchema.parse(JSON.parse(message.body))

describe('messages of changes', () => {
  it('hold the changes of one first match entry each, in their order', () => {
    const other = { match: [{ attribute: 'cusCrmId', value: '7' }] } as const
    const messages = toChangesMessages(
      stamp,
      [change(0), change(1, other), change(4), change(5, other)],
      groupOf,
    )
    expect(messages.map((message) => bodyOf(message).changes.map(({ index }) => index))).toEqual([
      [0, 4],
      [1, 5],
    ])
    expect(messages.map(({ groupId }) => groupId)).toEqual([
      pseudonym('email', 'amy.dakota@mail.com'),
      pseudonym('cusCrmId', '7'),
    ])
    expect(messages.map(({ deduplicationId }) => deduplicationId)).toEqual(['r-1-0-0', 'r-1-1-0'])
  })

  it('are one group for one email however it is spelled, the entry keeping its spelling', () => {
    const shouted = { match: [{ attribute: 'email', value: 'Amy.Dakota@MAIL.com' }] } as const
    const [message, ...others] = toChangesMessages(stamp, [change(0), change(1, shouted)], groupOf)
    expect(others).toEqual([])
    expect(message && bodyOf(message).changes[1]?.match[0].value).toBe('Amy.Dakota@MAIL.com')
  })

  it('do not take a key for an email of the same text', () => {
    const key = { match: [{ attribute: 'cusCrmId', value: 'amy.dakota@mail.com' }] } as const
    expect(toChangesMessages(stamp, [change(0), change(1, key)], groupOf)).toHaveLength(2)
  })

  it('say the version, the receipt, the time and the hop around the changes, and nothing else', () => {
    const [message] = toChangesMessages(stamp, [change(0)], groupOf)
    expect(JSON.parse(message?.body ?? '')).toEqual({ v: 1, ...stamp, hop: 0, changes: [change(0)] })
  })

  it('are split where 1 MiB does not hold them, and only there', () => {
    const large = Array.from({ length: 5 }, (_, index) =>
      change(index, { set: { phone: 'é'.repeat(200_000) } }),
    )
    const messages = toChangesMessages(stamp, large, groupOf)
    expect(messages.map((message) => bodyOf(message).changes.map(({ index }) => index))).toEqual([
      [0, 1],
      [2, 3],
      [4],
    ])
    for (const { body } of messages) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MESSAGE_BYTES)
    expect(new Set(messages.map(({ groupId }) => groupId)).size).toBe(1)
    expect(new Set(messages.map(({ deduplicationId }) => deduplicationId)).size).toBe(3)
  })

  it('carry what SQS refuses as escapes, so that every character comes back', () => {
    const phone = 'a\uFFFF\uFFFE\u0000\u001F\uD800 🚀 é'
    const [message] = toChangesMessages(stamp, [change(0, { set: { phone } })], groupOf)
    // What SQS takes (its API reference, SendMessage), without what its stand-in does not: beyond the basic plane.
    expect(message?.body).toMatch(/^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD]*$/)
    expect(message && bodyOf(message).changes[0]?.set['phone']).toBe(phone)
  })
})

it('tells whether a change fits a message, escapes counted', () => {
  const withText = (text: string) => change(0, { set: { phone: text } })
  expect(fitsMessage(withText('x'.repeat(MESSAGE_BYTES - 2048)))).toBe(true)
  expect(fitsMessage(withText('x'.repeat(MESSAGE_BYTES)))).toBe(false)
  expect(fitsMessage(withText('\uFFFF'.repeat(MESSAGE_BYTES / 4)))).toBe(false)
})

describe('parked messages', () => {
  const parked = {
    code: 'unmatched',
    detail: 'no profile matches',
    at: stamp.receivedAt + 5,
    lane: 'changes',
  } as const

  it('hold one change with the reason, each in a group of its own', () => {
    const [one, other] = [
      toParkedChange(stamp, change(3), parked),
      toParkedChange(stamp, change(4), parked, 2),
    ]
    expect(JSON.parse(one.body)).toEqual({ v: 1, ...stamp, changes: [change(3)], parked })
    expect([one.deduplicationId, other.deduplicationId]).toEqual(['r-1-3-0', 'r-1-4-2'])
    expect(one.groupId).not.toBe(other.groupId)
  })

  it('hold an event that nobody could decode as it came, long numbers as their digits', () => {
    const event = { objectId: 1745500706683617281n, nested: [null, 'Zoë'] }
    const message = toParkedEvent(stamp, 7, { source: 'hubspot', event, text: '', parked })
    expect(JSON.parse(message.body)).toEqual({
      v: 1,
      source: 'hubspot',
      event: { objectId: '1745500706683617281', nested: [null, 'Zoë'] },
      parked,
    })
  })
})

describe('a change read back from a queue', () => {
  it('is what was sent', () => {
    const sent = change(0, { sequence: '9'.repeat(39), restate: { cusScore: 1.5, cusVip: false } })
    expect(changeSchema.parse(JSON.parse(JSON.stringify(sent)))).toEqual(sent)
  })

  it('is refused in any other shape', () => {
    for (const wrong of [
      { match: [] },
      { action: 'purge' },
      { occurredAt: 1.5 },
      { index: -1 },
      { sequence: '1'.repeat(40) },
      { sequence: 'x' },
      { set: { phone: null } },
      { set: undefined },
      { id: undefined },
    ]) {
      expect(changeSchema.safeParse({ ...change(0), ...wrong }).success, JSON.stringify(wrong)).toBe(false)
    }
  })
})
