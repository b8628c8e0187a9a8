// Collections: pages, counts and projections.
// AdobeDocs campaign-standard.en pagination, counting, retrieving-profiles.
import { type HttpAnswer, jsonAnswer } from './answer.ts'
import { engineFailure } from './engine-error.ts'
import { selectProfiles } from './filters.ts'
import type { Instance } from './instance.ts'
import type { Profile } from './profiles.ts'
import type { Call } from './route.ts'
import { apiName, showProfile } from './show-profile.ts'

const defaultLineCount = 25

/** No maximum is documented; that anything but a positive number is refused is inferred. */
const readLineCount = (query: URLSearchParams): number | undefined => {
  const given = query.get('_lineCount')
  if (given === null) return defaultLineCount
  return /^[1-9]\d{0,8}$/.test(given) ? Number(given) : undefined
}

const readLineStart = ({ keys }: Instance, query: URLSearchParams): number | undefined => {
  const given = query.get('_lineStart')
  return given === null ? 0 : keys.read('page', given)
}

/** The same parameters with another `_lineStart`, its @ unescaped as Adobe prints it. */
const queryFrom = ({ keys }: Instance, query: URLSearchParams, after: number): string => {
  const rest = new URLSearchParams(query)
  rest.delete('_lineStart')
  return [...(rest.size > 0 ? [rest.toString()] : []), `_lineStart=${keys.write('page', after)}`].join('&')
}

export const listProfiles = (instance: Instance, call: Call): HttpAnswer => {
  const { query, extended, attribute } = call
  const selected = selectProfiles(instance, call.filters, query)
  if ('refusal' in selected) return selected.refusal
  const lineCount = readLineCount(query)
  const lineStart = readLineStart(instance, query)
  if (lineCount === undefined) return engineFailure("The '_lineCount' parameter is not a positive number.")
  if (lineStart === undefined) return engineFailure("The '_lineStart' parameter is not valid.")

  const page: Profile[] = []
  let hasMore = false
  for (const profile of selected.after(lineStart)) {
    hasMore = page.length === lineCount
    if (hasMore) break
    page.push(profile)
  }
  const show = (profile: Profile) => {
    const shown = showProfile(instance, profile, extended)
    return attribute === undefined ? shown : shown[attribute]
  }
  const path = [apiName(extended), ...call.collection].map(encodeURIComponent).join('/')
  const url = `${instance.root()}/${path}`
  const isBig = instance.profiles.size() > instance.settings.bigTableThreshold
  const hasNext = hasMore && (!isBig || query.get('_forcePagination') === 'true')
  const lastId = page.at(-1)?.id ?? 0
  return jsonAnswer(200, {
    content: page.map(show),
    ...(attribute === undefined && {
      count: {
        href: `${url}/_count?${queryFrom(instance, query, lineStart)}`,
        ...(lineStart === 0 && !hasMore && { value: page.length }),
      },
    }),
    ...(hasNext && { next: { href: `${url}?${queryFrom(instance, query, lastId)}` } }),
    serverSidePagination: true,
  })
}

/** Counts the whole collection, wherever `_lineStart` points. */
export const countProfiles = (instance: Instance, { filters, query }: Call): HttpAnswer => {
  const selected = selectProfiles(instance, filters, query)
  if ('refusal' in selected) return selected.refusal
  if (filters.length === 0) return jsonAnswer(200, { count: instance.profiles.size() })
  return jsonAnswer(200, { count: [...selected.after(0)].length })
}
