// IMS is no engine call and takes nothing from the budget; but a secret that is wrong must not ask it for every change.
import type { Time } from '../../runtime/time.ts'
import { NotAnswered, type Send } from '../campaign/transport.ts'

/** Ten batches with a refused secret (each asks twice, the secret may just have been rotated), and one per second after that. */
const AT_ONCE = 20
const REFILL_MILLISECONDS = 1000

/** Per worker: a token is asked for once a day. */
export const pacedIms = (send: Send, time: Time): Send => {
  let sent: readonly number[] = []
  return async (request, limits) => {
    const now = time.now()
    const oldest = sent.at(-AT_ONCE)
    const at = oldest === undefined ? now : Math.max(now, oldest + AT_ONCE * REFILL_MILLISECONDS)
    if (at >= limits.sendBefore) throw new NotAnswered('too-late', undefined)
    sent = [...sent, at].slice(-AT_ONCE)
    if (at > now) await time.sleep(at - now)
    return send(request, limits)
  }
}
