// What became of the parked messages, by code.

/** `left` is what stays in the queue: not selected, not to be decoded, for a person to decide, not sent. */
export const FATES = ['selected', 'sent', 'left', 'undecodable', 'undecided'] as const
export type Fate = (typeof FATES)[number]

export type Tally = {
  readonly count: (code: string, fate: Fate) => void
  readonly codes: () => ReadonlyMap<string, Readonly<Record<Fate, number>>>
  readonly total: (fate: Fate) => number
}

export const createTally = (): Tally => {
  const codes = new Map<string, Record<Fate, number>>()
  return {
    count: (code, fate) => {
      const counts = codes.get(code) ?? { selected: 0, sent: 0, left: 0, undecodable: 0, undecided: 0 }
      codes.set(code, counts)
      counts[fate] += 1
    },
    codes: () => codes,
    total: (fate) => [...codes.values()].reduce((sum, counts) => sum + counts[fate], 0),
  }
}
