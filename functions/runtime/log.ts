// The log: one JSON line per thing that happened, ids and codes, never a person, a value, a secret or a token.

/** Fields of a line. Callers pass ids, names and codes, never values: the README says what a line may hold. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export type Log = {
  readonly info: (message: string, fields?: LogFields) => void
  readonly warn: (message: string, fields?: LogFields) => void
  readonly error: (message: string, fields?: LogFields) => void
}

/** Who an error is, without what it says: messages of other people's errors may quote what they choked on. */
export const errorName = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return code === undefined ? error.name : `${error.name} ${code}`
}
