// Campaign writes times in UTC with a space and milliseconds: 2019-09-26 11:49:48.817Z
// (samples of AdobeDocs campaign-standard.en managing-profiles and others).

export const showTime = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace('T', ' ')

const timeForm = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/

/** ISO 8601 with or without the T, as AdobeDocs campaign-standard.en managing-transactional-messages allows; a missing offset means UTC (inferred). */
export const readTime = (text: string): number | undefined => {
  const [, day, clock = '00:00', offset = 'Z'] = timeForm.exec(text) ?? []
  if (!day || !isDay(day)) return undefined
  const time = Date.parse(`${day}T${clock}${offset}`)
  return Number.isNaN(time) ? undefined : time
}

export const isDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

/** Whole years, 0 without a birth date. */
export const ageAt = (birthDate: string, now: number): number => {
  if (birthDate === '') return 0
  const today = new Date(now).toISOString()
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return Math.max(0, today.slice(5, 10) < birthDate.slice(5) ? years - 1 : years)
}
