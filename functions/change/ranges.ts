// Places in a body as one short text, for a log line that names them all: `0-4,7`.

/** Ascending whole numbers, neighbours drawn together. */
export const toRanges = (numbers: readonly number[]): string => {
  const ranges: { first: number; last: number }[] = []
  for (const number of numbers) {
    const range = ranges.at(-1)
    if (range && number === range.last + 1) range.last = number
    else ranges.push({ first: number, last: number })
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}

/** The numbers that `toRanges` was given; undefined where the text is not of its making. */
export const fromRanges = (text: string): readonly number[] | undefined => {
  if (text === '') return []
  if (!/^\d{1,7}(-\d{1,7})?(,\d{1,7}(-\d{1,7})?)*$/.test(text)) return undefined
  return text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => first + place)
  })
}
