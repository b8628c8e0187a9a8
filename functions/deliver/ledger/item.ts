// A profile's item in DynamoDB, read and written.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { ConsentSent, Sent } from '../../change/consent-sent.ts'
import type { Clocks } from '../../change/merge.ts'

export type Item = Record<string, AttributeValue>

/**
 * Flag → [sent at, answered at or the last moment to land, clock], and after them the same three of an opt-out that an
 * opt-in nobody answered may not have undone.
 */
export const sentValue = (sent: ConsentSent): AttributeValue => ({
  M: Object.fromEntries(Object.entries(sent).map(([flag, one]) => [flag, { L: listOf(one) }])),
})

const listOf = ({ from, until, clock, before }: Sent): AttributeValue[] => [
  { N: String(from) },
  { N: String(until) },
  { S: clock },
  ...(before ? listOf(before) : []),
]

/** Undefined where no flag was ever sent. */
export const consentSentIn = (item: Item): ConsentSent | undefined => {
  const entries = Object.entries(item['consentSent']?.M ?? {}).flatMap(([flag, { L = [] }]) => {
    const sent = sentIn(L)
    return sent ? [[flag, sent] as const] : []
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

const sentIn = ([from, until, clock, ...rest]: readonly AttributeValue[]): Sent | undefined => {
  if (from?.N === undefined || until?.N === undefined || clock?.S === undefined) return undefined
  const before = sentIn(rest)
  return { from: Number(from.N), until: Number(until.N), clock: clock.S, ...(before && { before }) }
}

export const clocksIn = (item: Item): Clocks =>
  Object.fromEntries(
    Object.entries(item['clocks']?.M ?? {}).flatMap(([attribute, clock]) =>
      clock.S === undefined ? [] : [[attribute, clock.S]],
    ),
  )

/** Whether every clock was recorded, by us or by somebody who stood on it. */
export const isRecorded = (clocks: Clocks, held: Clocks): boolean =>
  Object.entries(clocks).every(([attribute, clock]) => (held[attribute] ?? '') >= clock)
