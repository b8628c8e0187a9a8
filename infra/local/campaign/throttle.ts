// A limit of calls in any sliding second. Campaign Standard documents none (knowledge base article KA-16022),
// the gateway's 429 is documented for its sister APIs.
import type { Time } from '../../../functions/runtime/time.ts'

export const createThrottle = (time: Time, limit: () => number) => {
  let taken: number[] = []
  return {
    /** Undefined when the call may pass, else the whole seconds to wait. Refused calls do not count. */
    take: (): number | undefined => {
      const allowed = limit()
      if (allowed === 0) return undefined
      const now = time.now()
      const from = taken.findIndex((at) => at > now - 1000)
      taken = from < 0 ? [] : from === 0 ? taken : taken.slice(from)
      if (taken.length < allowed) {
        taken.push(now)
        return undefined
      }
      return 1
    },
    clear: () => {
      taken = []
    },
  }
}

export type Throttle = ReturnType<typeof createThrottle>
