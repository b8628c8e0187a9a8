// Moments and days as text, read strictly: what Date.parse guesses at is refused here.

// Date.parse would take 24:00 for the next day; RFC 3339 has hours 00 to 23.
const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt]((?:[01]\d|2[0-3]):\d{2}:\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/

/** A day that exists, as `YYYY-MM-DD`. */
export const isDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const parsed = new Date(`${text}T00:00:00Z`)
  // Date rolls the 30th of February over into March.
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text)
}

/** Epoch milliseconds of an RFC 3339 date-time with offset, or undefined. Digits beyond milliseconds are cut off. */
export const readInstant = (text: string): number | undefined => {
  const parts = RFC_3339.exec(text)
  if (!parts) return undefined
  const [, day = '', time = '', fraction = '', offset = ''] = parts
  if (!isDay(day)) return undefined
  const milliseconds = Date.parse(
    `${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${offset.toUpperCase()}`,
  )
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}
