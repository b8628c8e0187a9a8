// Recorded payloads are sent as if they had just happened: an old event may be older than what the ledger knows.

/** The names of times in events, whatever the kind. */
const TIME_NAMES = new Set(['occurredAt'])

/**
 * The payload with its latest time at `now` (epoch milliseconds) and all distances kept; numbers stay epoch milliseconds
 * and text stays RFC 3339. An `id` beside a time becomes a new one: a sender uses an id once.
 */
export const moveToNow = (payload: unknown, now: number): unknown => {
  const times = timesIn(payload)
  return times.length === 0 ? payload : moved(payload, now - Math.max(...times), now)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const isTime = (name: string, value: unknown): value is number | string =>
  TIME_NAMES.has(name) && (typeof value === 'number' || typeof value === 'string')

const timesIn = (value: unknown): readonly number[] =>
  isObject(value)
    ? Object.entries(value).flatMap(([name, held]) =>
        isTime(name, held) ? [new Date(held).getTime()] : timesIn(held),
      )
    : []

const moved = (value: unknown, shift: number, now: number): unknown => {
  if (Array.isArray(value)) return value.map((held) => moved(held, shift, now))
  if (!isObject(value)) return value
  const entries = Object.entries(value)
  const isEvent = entries.some(([name, held]) => isTime(name, held))
  return Object.fromEntries(
    entries.map(([name, held]) => {
      if (isTime(name, held)) return [name, movedTime(held, shift)]
      if (isEvent && name === 'id') return [name, `${held}-${now}`]
      return [name, moved(held, shift, now)]
    }),
  )
}

const movedTime = (time: number | string, shift: number): number | string => {
  const at = new Date(time).getTime() + shift
  return typeof time === 'number' ? at : new Date(at).toISOString()
}
