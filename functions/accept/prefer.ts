// What a sender prefers: RFC 7240, of which only `wait` means anything here.

/** API Gateway gives up after 30 s; what is waited for must be queued and answered before that. */
const LONGEST_WAIT_SECONDS = 20

/** What stands between commas; a comma in a quoted value is part of it, and an open quote ends with the header. */
const PREFERENCE = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g

/** Whole seconds to wait, 1 to 20, or undefined where the header asks for none. The first `wait` counts. */
export const readWait = (header: string | undefined): number | undefined => {
  for (const preference of header?.match(PREFERENCE) ?? []) {
    const wait = /^\s*wait\s*=\s*(?:(\d+)|"(\d+)")\s*(?:;|$)/i.exec(preference)
    if (wait) return Math.min(Number(wait[1] ?? wait[2]), LONGEST_WAIT_SECONDS) || undefined
  }
  return undefined
}
