// A worker's own moments to call: reserved a few at a time, given to whoever needs one most when they come, lost when
// nobody does. No timer runs while nobody waits: between invocations a function does nothing.
import type { Call } from '../campaign/exchange.ts'
import { HEALTHY } from './budget.ts'
import { gapAt, LATEST_MILLISECONDS } from './pace.ts'
import { createReserve, type ReserveOptions } from './reserve.ts'
import type { Wants } from './slab.ts'
import { isAhead, refusalOf, type Waiter, waiterFor } from './waiter.ts'

export type Slots = {
  /** The moment (epoch ms) until which the call may be put on the wire. Throws NotAnswered, CampaignError or LedgerError. */
  readonly take: (call: Call) => Promise<number>
}

export type SlotsOptions = ReserveOptions & { readonly timeoutMilliseconds: number }

/** The next slab is fetched when so much of this one is left, more than the ledger needs to answer. */
const REFETCH_MILLISECONDS = 100
/** Calls that come one by one wait for each other, three of them or so long: else each would cost a ledger write. */
const GATHER_CALLS = 3
const GATHER_MILLISECONDS = 150
/** The first of a batch waits for those that come with it, unless moments are as close together as that. */
const TOGETHER_MILLISECONDS = 5

export const createSlots = (options: SlotsOptions): Slots => {
  const { item, callsPerSecond, timeoutMilliseconds, time } = options
  const { fetch, took } = createReserve(options)
  const waiters: Waiter[] = []
  let slots: readonly number[] = []
  let isReserving = false
  let reservedAt = 0
  let notBefore = 0
  let beganAt = 0
  let wake = new AbortController()

  const wants = (): Wants => ({
    all: waiters.length - slots.length,
    consent: waiters.filter(isAhead).length - slots.length,
    isProbe: waiters.some(({ call }) => call.isProbe),
  })

  const reserve = async (): Promise<void> => {
    isReserving = true
    const begun = time.now()
    try {
      const reserved = await fetch(wants)
      if ('moments' in reserved) {
        slots = [...slots, ...reserved.moments]
        reservedAt = begun
      } else notBefore = reserved.notBefore
    } catch (error) {
      // Without the ledger nobody knows what others send.
      for (const { reject } of waiters.splice(0)) reject(error)
    } finally {
      isReserving = false
      step()
    }
  }

  /** When to fetch more moments; undefined while there are enough, or some are on their way. */
  const reserveAt = (now: number): number | undefined => {
    const { all, consent } = wants()
    if (isReserving || all <= 0) return undefined
    const { health = HEALTHY } = item.seen() ?? {}
    const gap = gapAt(callsPerSecond, health, now)
    const at = Math.max(
      notBefore,
      reservedAt + Math.min(GATHER_CALLS * gap, GATHER_MILLISECONDS),
      beganAt + (gap > TOGETHER_MILLISECONDS ? TOGETHER_MILLISECONDS : 0),
    )
    const last = slots.at(-1)
    return last === undefined || consent > 0 ? at : Math.max(at, last - REFETCH_MILLISECONDS - took())
  }

  const step = (): void => {
    // With a reason of its own no DOMException is made, for every moment.
    wake.abort('over')
    const now = time.now()
    const health = item.seen()?.health
    for (const waiter of [...waiters]) {
      const refusal = refusalOf(waiter, health, now)
      if (!refusal) continue
      waiters.splice(waiters.indexOf(waiter), 1)
      waiter.reject(refusal)
    }
    slots = slots.filter((at) => at + LATEST_MILLISECONDS > now)
    const due = slots.filter((at) => at <= now).slice(0, waiters.length)
    slots = slots.slice(due.length)
    for (const at of due) waiters.shift()?.resolve(at + LATEST_MILLISECONDS)
    if (waiters.length === 0) return
    const fetchAt = reserveAt(now)
    if (fetchAt !== undefined && fetchAt <= now) void reserve()
    sleepUntil(
      Math.min(
        ...waiters.map(({ lastAt }) => lastAt),
        slots[0] ?? Number.POSITIVE_INFINITY,
        isReserving ? Number.POSITIVE_INFINITY : (fetchAt ?? Number.POSITIVE_INFINITY),
      ),
    )
  }

  const sleepUntil = (at: number): void => {
    const own = new AbortController()
    wake = own
    void time.sleep(Math.max(1, Math.ceil(at - time.now())), own.signal).then(() => {
      if (!own.signal.aborted) step()
    })
  }

  return {
    take: (call) =>
      new Promise((resolve, reject) => {
        if (waiters.length === 0) beganAt = time.now()
        const waiter = waiterFor(call, { now: time.now(), timeoutMilliseconds, resolve, reject })
        const behind = waiters.findIndex(({ rank }) => rank > waiter.rank)
        waiters.splice(behind < 0 ? waiters.length : behind, 0, waiter)
        // What keeps others from reserving does not keep consent.
        if (call.isConsent) notBefore = 0
        step()
      }),
  }
}
