// What a sender prefers: RFC 7240, of which only `wait` means anything here.

/** API Gateway gives up after 30 s; what is waited for must be queued and answered before that. */
const LONGEST_WAIT_SECONDS = 20

/** Whole seconds to wait, 1 to 20, or undefined where the header asks for none. The first `wait` counts. */
export const readWait = (header: string | undefined): number | undefined => {
  for (const preference of (header ?? '').split(',')) {
    const wait = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i.exec(preference)
    if (wait) return Math.min(Number(wait[1]), LONGEST_WAIT_SECONDS) || undefined
  }
  return undefined
}
