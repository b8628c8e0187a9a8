// Raw paths. Doubled slashes stand in Adobe's own hrefs, `.json` and a trailing slash are optional
// (AdobeDocs campaign-standard.en must-read, perform-subscriptions).

export type Path = { segments: string[]; query: URLSearchParams }

/** A malformed escape stands for itself (inferred). */
const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Resolves `.` and `..`, encoded or not, as web servers do (inferred). */
export const readPath = (raw: string): Path => {
  const mark = raw.indexOf('?')
  const path = mark < 0 ? raw : raw.slice(0, mark)
  const query = new URLSearchParams(mark < 0 ? '' : raw.slice(mark + 1))
  const segments: string[] = []
  for (const segment of path.split('/').map(decode)) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  const last = segments.pop()
  if (last !== undefined) segments.push(last.length > 5 && last.endsWith('.json') ? last.slice(0, -5) : last)
  return { segments, query }
}
