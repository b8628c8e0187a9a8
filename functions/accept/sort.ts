// What became of the events of one body, counted: accepted, ignored and rejected add up to it.
import type { Change } from '../change/change.ts'
import { fitsMessage } from '../change/message.ts'
import type { RejectedEvent } from '../change/parked.ts'
import type { Problem } from '../change/read/problem.ts'
import type { Decoded, IgnoredCode } from '../change/source.ts'

export type Sorted = {
  readonly changes: readonly Change[]
  readonly ignored: readonly { readonly index: number; readonly code: IgnoredCode }[]
  readonly rejected: readonly RejectedEvent[]
}

/** Sorts decoded events by what became of them; `index` is an event's place in the body, which may be a list. */
export const sort = (decoded: readonly Decoded[], isList: boolean): Sorted => {
  const changes: Change[] = []
  const ignored: { index: number; code: IgnoredCode }[] = []
  const rejected: RejectedEvent[] = []
  for (const [index, item] of decoded.entries()) {
    if (item.kind === 'ignored') ignored.push({ index, code: item.code })
    else if (item.kind === 'rejected') rejected.push({ index, problems: item.problems, event: item.event })
    else if (fitsMessage(item.change)) changes.push(item.change)
    else
      rejected.push({ index, problems: [tooLarge(isList ? `/${index}` : '')], event: { id: item.change.id } })
  }
  return { changes, ignored, rejected }
}

const tooLarge = (pointer: string): Problem => ({
  code: 'too-large',
  detail: 'must be at most 1 MiB as one change',
  pointer,
})
