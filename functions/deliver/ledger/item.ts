// Items of the table in DynamoDB: a profile's, read and written, and the keys of the two that are of none.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { ConsentSent, Sent } from '../../change/consent-sent.ts'
import type { Clocks } from '../../change/merge.ts'
import { type Mark, marksBefore } from './in-hand.ts'
import type { Lease, Wanted } from './ledger.ts'

export type Item = Record<string, AttributeValue>

/** Keys that are no profile's, since pseudonyms are longer: of the successes of all workers, and of their budget. */
export const HEALTH = 'health'
export const BUDGET = 'budget'

/** What an update sets for the flags that were sent. */
export const SET_SENT = 'consentSent = :sent, consentSaid = :said'

/**
 * `consentSent`: flag → [sent at, answered at or the last moment to land]. Beside it `consentSaid`: flag → what was said,
 * as its clock, and after it the same three of an opt-out that an opt-in nobody answered may not have undone.
 */
export const sentValues = (sent: ConsentSent): Item => ({
  ':sent': listsOf(sent, ({ from, until }) => [{ N: String(from) }, { N: String(until) }]),
  ':said': listsOf(sent, ({ clock, before }) => [{ S: clock }, ...(before ? wholeOf(before) : [])]),
})

const listsOf = (sent: ConsentSent, listOf: (one: Sent) => AttributeValue[]): AttributeValue => ({
  M: Object.fromEntries(Object.entries(sent).map(([flag, one]) => [flag, { L: listOf(one) }])),
})

const wholeOf = ({ from, until, clock }: Sent): AttributeValue[] => [
  { N: String(from) },
  { N: String(until) },
  { S: clock },
]

/** Undefined where no flag was ever sent. */
export const consentSentIn = (item: Item): ConsentSent | undefined => {
  const entries = Object.entries(item['consentSent']?.M ?? {}).flatMap(([flag, { L: times = [] }]) => {
    const [said, ...before] = item['consentSaid']?.M?.[flag]?.L ?? []
    const sent = said && sentIn([...times, said])
    const earlier = sentIn(before)
    return sent ? [[flag, { ...sent, ...(earlier && { before: earlier }) }] as const] : []
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

const sentIn = ([from, until, clock]: readonly AttributeValue[]): Sent | undefined =>
  from?.N === undefined || until?.N === undefined || clock?.S === undefined
    ? undefined
    : { from: Number(from.N), until: Number(until.N), clock: clock.S }

export const clocksIn = (item: Item): Clocks =>
  Object.fromEntries(
    Object.entries(item['clocks']?.M ?? {}).flatMap(([attribute, clock]) =>
      clock.S === undefined ? [] : [[attribute, clock.S]],
    ),
  )

/** What an update does to the set `inHand`, which DynamoDB does not keep empty: parts of its expression. */
export const holdingMarks = (
  marks: readonly Mark[],
): { readonly set: readonly string[]; readonly removed: readonly string[]; readonly values: Item } =>
  marks.length > 0
    ? { set: ['inHand = :marks'], removed: [], values: { ':marks': { SS: [...marks] } } }
    : { set: [], removed: ['inHand'], values: {} }

/** The lease that was taken, of an item as it was before. */
export const leaseOf = (wanted: Wanted, before: Item): Lease => ({
  ...wanted,
  clocks: clocksIn(before),
  consentSent: consentSentIn(before),
  tombstone: before['tombstone']?.S,
  deleting: before['deleting']?.S,
  lastEndedAt: before['leaseUntil']?.N === undefined ? undefined : Number(before['leaseUntil'].N),
  // Its own owner was counted already, when the answer was lost.
  attempts: Number(before['attempts']?.N ?? 0) - (before['leaseOwner']?.S === wanted.owner ? 1 : 0),
  marks: marksBefore(before['inHand']?.SS ?? [], wanted.until),
})

/** Whether every clock was recorded, by us or by somebody who stood on it. */
export const isRecorded = (clocks: Clocks, held: Clocks): boolean =>
  Object.entries(clocks).every(([attribute, clock]) => (held[attribute] ?? '') >= clock)
