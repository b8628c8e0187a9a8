// The requests that came in, controls left out.
const kept = 100_000

/** `status` is null while there is no answer, and stays so when there is none. */
export type LoggedRequest = { method: string; path: string; status: number | null; at: number }

export const createRequestLog = () => {
  let entries: LoggedRequest[] = []
  return {
    add: (method: string, path: string, at: number): LoggedRequest => {
      // Cut in large pieces: to shift the array on each request would cost more than the request.
      if (entries.length >= 2 * kept) entries = entries.slice(-kept)
      const entry: LoggedRequest = { method, path, status: null, at }
      entries.push(entry)
      return entry
    },
    list: (): LoggedRequest[] => entries.map((entry) => ({ ...entry })),
    clear: () => {
      entries = []
    },
  }
}
