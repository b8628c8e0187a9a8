// What may end the whole invocation is worked alone: everything else of this process ends or is handed back first.
import type { Change } from '../../change/change.ts'
import type { Time } from '../../runtime/time.ts'
import type { Call } from '../campaign/exchange.ts'
import type { Lease } from '../ledger/ledger.ts'
import { isSuspicious } from './crashed.ts'
import { HandedBack } from './handed-back.ts'
import type { Names } from './names.ts'

/** Hands back what it can without these; answers what it handed back, of which nothing begins here any more. */
export type HandBack = (alone: readonly Change[]) => Promise<readonly Change[]>

export type Alone = {
  /** Runs the work on one profile; the call it gets has a `turn` to wait for. Throws HandedBack where it is not begun. */
  readonly guard: <Result>(
    changes: readonly Change[],
    call: Call,
    work: (call: Call) => Promise<Result>,
  ) => Promise<Result>
  /** Has `handBack` called before a work begins alone: whether it ends, nobody knows. Answers how to stop that. */
  readonly watch: (handBack: HandBack) => () => void
}

/** One per process, because a process ends as a whole, whatever number of invocations it serves. */
export const createAlone = (time: Time, wholeOf: Names['wholeOf']): Alone => {
  let alone: readonly Change[] | undefined
  const handedBack = new WeakSet<Change>()
  let running = 0
  let noticeEnd = (): void => {}
  const watchers = new Set<HandBack>()

  /** Until no other work is under way; work that is ends by its own deadline, which hardly differs from this one. */
  const untilAlone = async (deadline: number): Promise<void> => {
    while (running > 1 && time.now() < deadline) {
      const stop = new AbortController()
      noticeEnd = () => stop.abort('over')
      await time.sleep(Math.max(0, deadline - time.now()), stop.signal)
    }
  }

  const turnFor =
    (changes: readonly Change[], deadline: number) =>
    async (leases: readonly Lease[]): Promise<void> => {
      if (alone === changes) return
      if (alone === undefined && !isSuspicious(leases)) return
      // Of two suspects the second goes back as well: the first must not be counted as its death.
      if (alone !== undefined) throw new HandedBack('somebody else is worked alone')
      alone = changes
      await untilAlone(deadline)
      if (running > 1) throw new HandedBack('there was no time left to be alone in')
      const handed = await Promise.all([...watchers].map((handBack) => handBack(changes)))
      for (const change of handed.flat()) handedBack.add(change)
    }

  return {
    guard: async (changes, call, work) => {
      if (alone !== undefined || changes.some((change) => handedBack.has(wholeOf(change))))
        throw new HandedBack('somebody else is worked alone')
      running += 1
      try {
        return await work({ ...call, turn: turnFor(changes, call.deadline) })
      } finally {
        running -= 1
        if (alone === changes) alone = undefined
        noticeEnd()
      }
    },
    watch: (handBack) => {
      watchers.add(handBack)
      return () => watchers.delete(handBack)
    },
  }
}
