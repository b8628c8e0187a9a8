// Adds up how accepted changes ended: of each receipt and index the first end counts.
import { createDistribution } from './distribution.ts'
import { createReceiptMemory } from './receipt-memory.ts'
import type { Decoded, Delivered, Said } from './said.ts'
import type { Totals, Unended } from './totals.ts'

type Word = Pick<Unended, 'last' | 'changeId' | 'code'>
/**
 * What is known of a receipt that is not done with; `missing` are accepted ones without an end, once accept was heard.
 * Lists, since millions may be open where the lines of accept and deliver lie in files of their own.
 */
type Open = {
  ended: readonly number[]
  missing?: readonly number[]
  acceptedAt?: number
  last?: Map<number, Word>
}

const APPLIED = ['applied', 'created']
const PUT_ASIDE = ['unmatched', 'ambiguous', 'parked']

/** Lines may come in any order. Memory holds the receipts that are open, and a few bytes of each that is done with. */
export const createAccount = () => {
  const open = new Map<string, Open>()
  const done = createReceiptMemory()
  const ages = createDistribution()
  const outcomes: Record<string, number> = {}
  const repeated: Record<string, number> = {}
  const codes: Record<string, Record<string, number>> = {}
  let applied = 0
  const counts = {
    deliveries: 0,
    refused: 0,
    accepted: 0,
    ignored: 0,
    rejected: 0,
    engineCalls: 0,
  }

  const openOf = (receipt: string): Open => {
    const known = open.get(receipt) ?? { ended: [] }
    open.set(receipt, known)
    return known
  }
  const closeWhenDone = (receipt: string, { missing }: Open) => {
    if (missing?.length !== 0) return
    open.delete(receipt)
    done.add(receipt)
  }

  const addDecoded = ({ receipt, status, timestamp, indexes, ignored, rejected }: Decoded) => {
    // What of it was queued may end; but its sender was told that it is not accepted.
    if (status >= 300) {
      counts.refused += 1
      return
    }
    // Exports overlap.
    if (done.has(receipt) || open.get(receipt)?.missing) return
    counts.deliveries += 1
    counts.accepted += indexes.length
    counts.ignored += ignored.length
    counts.rejected += rejected.length
    const known = openOf(receipt)
    known.missing = indexes.filter((index) => !known.ended.includes(index))
    known.acceptedAt = timestamp
    closeWhenDone(receipt, known)
  }

  const addDelivered = ({ receipt, index, outcome, code, changeId, ...cost }: Delivered) => {
    counts.engineCalls += cost.engineCalls
    if (APPLIED.includes(outcome)) applied += 1
    const isDone = done.has(receipt)
    const known = isDone ? undefined : openOf(receipt)
    if (outcome === 'deferred' || outcome === 'waiting') {
      if (!known || known.ended.includes(index)) return
      known.last ??= new Map()
      known.last.set(index, { last: outcome, changeId, ...(code && { code }) })
      return
    }
    if (!known || known.ended.includes(index)) {
      count(repeated, outcome)
      return
    }
    known.ended = [...known.ended, index]
    known.last?.delete(index)
    if (known.missing) known.missing = known.missing.filter((one) => one !== index)
    count(outcomes, outcome)
    if (PUT_ASIDE.includes(outcome)) {
      const ofOutcome = codes[outcome] ?? {}
      codes[outcome] = ofOutcome
      count(ofOutcome, code ?? 'none')
    }
    ages.add(cost.ageMs)
    closeWhenDone(receipt, known)
  }

  return {
    add: (said: Said): void => (said.message === 'delivery.decoded' ? addDecoded(said) : addDelivered(said)),
    /** `now` is epoch milliseconds. */
    totals: (now: number): Totals => {
      const at = (share: number) => ages.percentile(share) ?? 0
      return {
        ...counts,
        outcomes,
        codes,
        repeated,
        engineCallsPerApplied: applied === 0 ? null : counts.engineCalls / applied,
        ageMs: ages.percentile(1) === undefined ? null : { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
        unaccounted: [...open.values()].reduce((sum, one) => sum + (one.missing ? 0 : one.ended.length), 0),
        withoutEnd: [...open].flatMap(([receipt, { missing = [], last, acceptedAt = now }]) =>
          missing.map((index) => ({
            receipt,
            index,
            ...(last?.get(index) ?? { last: 'nothing' }),
            ageMs: now - acceptedAt,
          })),
        ),
      }
    },
  }
}

const count = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1
}
