// The ledger in memory, for histories by the thousand. It has to pass the same suite as the one in DynamoDB.
import type { Clock } from '../../functions/change/clock.ts'
import type { ConsentSent } from '../../functions/change/consent-sent.ts'
import type { Clocks } from '../../functions/change/merge.ts'
import { marksAlone, marksBefore, marksLeft, marksTaken } from '../../functions/deliver/ledger/in-hand.ts'
import { CLOCK_SKEW_MILLISECONDS, type Lease, type Ledger } from '../../functions/deliver/ledger/ledger.ts'
import type { Time } from '../../functions/runtime/time.ts'

type Item = {
  clocks: Clocks
  consentSent?: ConsentSent | undefined
  owner?: string | undefined
  until?: number | undefined
  tombstone?: Clock | undefined
  deleting?: Clock | undefined
  attempts: number
  inHand?: readonly string[]
}

/** `items` is the table; several workers share one, each with its own clock. */
export const memoryLedger = (
  time: Pick<Time, 'now'>,
  items = new Map<string, Item>(),
): Ledger & { readonly items: Map<string, Item> } => {
  const owned = (lease: Lease): Item | undefined => {
    const item = items.get(lease.identity)
    return item?.owner === lease.owner ? item : undefined
  }
  return {
    items,
    take: async (wanted) => {
      const { identity, owner, until, names } = wanted
      const item = items.get(identity) ?? { clocks: {}, attempts: 0 }
      if (item.owner !== undefined && !((item.until ?? 0) < time.now() - CLOCK_SKEW_MILLISECONDS))
        return undefined
      const lease = {
        ...wanted,
        clocks: item.clocks,
        consentSent: item.consentSent,
        tombstone: item.tombstone,
        deleting: item.deleting,
        lastEndedAt: item.until,
        attempts: item.attempts,
        marks: marksBefore(item.inHand ?? [], until),
      }
      const inHand = [...(item.inHand ?? []), ...marksTaken(names, until)]
      items.set(identity, { ...item, owner, until, attempts: item.attempts + 1, inHand })
      return lease
    },
    record: async (lease, clocks, sent) => {
      const item = owned(lease)
      if (!item) return false
      item.clocks = { ...item.clocks, ...clocks }
      if (sent) item.consentSent = sent
      return true
    },
    begin: async (lease) => {
      const item = owned(lease)
      if (item) item.inHand = marksAlone(lease)
      return item !== undefined
    },
    giveBack: async (lease, clocks, sent, isPassed = false) => {
      const item = owned(lease)
      if (!item) return false
      items.set(lease.identity, {
        ...item,
        clocks: { ...item.clocks, ...clocks },
        consentSent: sent ?? item.consentSent,
        owner: undefined,
        until: time.now(),
        attempts: isPassed ? lease.attempts : 0,
        inHand: marksLeft(lease, isPassed),
      })
      return true
    },
    shorten: async (lease, until) => {
      const item = owned(lease)
      if (item) Object.assign(item, { until, attempts: 0, inHand: marksLeft(lease, false) })
    },
    restart: async (lease, clocks, sent) => {
      const item = owned(lease)
      if (item) Object.assign(item, { clocks, consentSent: sent })
      return item !== undefined
    },
    read: async (identity) => {
      const item = items.get(identity)
      const { clocks = {}, consentSent, tombstone, deleting } = item ?? {}
      return { clocks, consentSent, tombstone, deleting }
    },
    intend: async (identity, clock) => {
      const item = items.get(identity) ?? { clocks: {}, attempts: 0 }
      if (item.deleting === undefined || item.deleting < clock)
        items.set(identity, { ...item, deleting: clock })
    },
    spare: async (identity, clock) => {
      const item = items.get(identity)
      if (item?.deleting === clock) item.deleting = undefined
    },
    bury: async (identity, clock) => {
      const item = items.get(identity) ?? { clocks: {}, attempts: 0 }
      if (item.tombstone === undefined || item.tombstone < clock)
        items.set(identity, { ...item, tombstone: clock })
    },
  }
}
