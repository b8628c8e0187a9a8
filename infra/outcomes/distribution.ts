// Percentiles of any number of values in little memory: every value is kept to three significant digits.

export type Distribution = {
  readonly add: (value: number) => void
  /** The value that this share of all values does not exceed; undefined where there are none. */
  readonly percentile: (share: number) => number | undefined
}

export const createDistribution = (): Distribution => {
  const counts = new Map<number, number>()
  let total = 0
  return {
    add: (value) => {
      const rounded = Number(value.toPrecision(3))
      counts.set(rounded, (counts.get(rounded) ?? 0) + 1)
      total += 1
    },
    percentile: (share) => {
      let seen = 0
      for (const [value, count] of [...counts].toSorted(([left], [right]) => left - right)) {
        seen += count
        if (seen >= total * share) return value
      }
      return undefined
    },
  }
}
