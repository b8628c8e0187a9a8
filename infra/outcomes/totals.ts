// What a log comes to.

/** An accepted change that has not ended; `last` is what was last said of it, `ageMs` how long ago it was accepted. */
export type Unended = {
  readonly receipt: string
  readonly index: number
  readonly last: 'nothing' | 'deferred' | 'waiting'
  readonly changeId?: string
  readonly code?: string
  readonly ageMs: number
}

export type Totals = {
  /** Answered with a 2xx; and those that the sender was told to send again. */
  readonly deliveries: number
  readonly refused: number
  /** Events of the deliveries. */
  readonly accepted: number
  readonly ignored: number
  readonly rejected: number
  readonly outcomes: Readonly<Record<string, number>>
  /** Of outcomes that put a change aside for a person. */
  readonly codes: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly engineCalls: number
  /** Calls of every line for each line that says applied or created, be it the first end of its change or not. */
  readonly engineCallsPerApplied: number | null
  /** How old changes were when they ended. */
  readonly ageMs: Readonly<Record<'p50' | 'p95' | 'p99', number>> | null
  /** What was said of changes that had ended already, as after a redrive; not among the outcomes. */
  readonly repeated: Readonly<Record<string, number>>
  /** Ends of changes that no line of this log says were accepted. */
  readonly unaccounted: number
  readonly withoutEnd: readonly Unended[]
}
