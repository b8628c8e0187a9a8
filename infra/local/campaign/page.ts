// Pages of a collection. AdobeDocs campaign-standard.en pagination, counting.
import { type HttpAnswer, jsonAnswer } from './answer.ts'
import type { Instance } from './instance.ts'
import { kinds } from './keys.ts'
import type { Read } from './value.ts'

const defaultLineCount = 25

/** What stands on a line, and where `next` would go on after it. */
export type Line<Item> = { item: Item; at: number }

export type Collection<Item> = {
  /** Without query. */
  url: string
  query: URLSearchParams
  /** The lines after a place. */
  after: (at: number) => Iterable<Line<Item>>
  show: (item: Item) => unknown
  hasCount: boolean
  /** Of the whole table: large ones have no `next` unless it is asked for. */
  size: number
}

/** That anything but a positive number is refused is inferred. */
const readLineCount = ({ settings, errors }: Instance, query: URLSearchParams): Read<number> => {
  const given = query.get('_lineCount') ?? String(defaultLineCount)
  if (!/^[1-9]\d{0,8}$/.test(given)) {
    return { refusal: errors.failure("The '_lineCount' parameter is not a positive number.") }
  }
  const most = settings.maxLineCount === 0 ? Number.POSITIVE_INFINITY : settings.maxLineCount
  return { value: Math.min(Number(given), most) }
}

const readLineStart = ({ keys, errors }: Instance, query: URLSearchParams): Read<number> => {
  const given = query.get('_lineStart')
  const at = given === null ? 0 : keys.read(kinds.page, given)
  return at === undefined
    ? { refusal: errors.failure("The '_lineStart' parameter is not valid.") }
    : { value: at }
}

/** The same parameters with another `_lineStart`, its @ unescaped as Adobe prints it. */
const queryFrom = ({ keys }: Instance, query: URLSearchParams, after: number): string => {
  const rest = new URLSearchParams(query)
  rest.delete('_lineStart')
  return [...(rest.size > 0 ? [rest.toString()] : []), `_lineStart=${keys.write(kinds.page, after)}`].join(
    '&',
  )
}

export const answerPage = <Item>(instance: Instance, collection: Collection<Item>): HttpAnswer => {
  const { url, query, show } = collection
  const lineCount = readLineCount(instance, query)
  if ('refusal' in lineCount) return lineCount.refusal
  const lineStart = readLineStart(instance, query)
  if ('refusal' in lineStart) return lineStart.refusal

  const page: Line<Item>[] = []
  let hasMore = false
  for (const line of collection.after(lineStart.value)) {
    hasMore = page.length === lineCount.value
    if (hasMore) break
    page.push(line)
  }
  const isBig = collection.size > instance.settings.bigTableThreshold
  const hasNext = hasMore && (!isBig || query.get('_forcePagination') === 'true')
  const lastAt = page.at(-1)?.at ?? 0
  return jsonAnswer(200, {
    content: page.map(({ item }) => show(item)),
    ...(collection.hasCount && {
      count: {
        href: `${url}/_count?${queryFrom(instance, query, lineStart.value)}`,
        ...(lineStart.value === 0 && !hasMore && { value: page.length }),
      },
    }),
    ...(hasNext && { next: { href: `${url}?${queryFrom(instance, query, lastAt)}` } }),
    serverSidePagination: true,
  })
}
