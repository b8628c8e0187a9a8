// The log of the local stack: kept for the stories while they run, on the screen after them: one JSON line for each
// delivery that was taken, and one for each change.
import type { Log, LogFields } from '../../../functions/runtime/log.ts'

export type LocalLog = Log & {
  /** The changes of one delivery that have ended, in the order of their ends. */
  readonly endedOf: (receipt: string) => readonly LogFields[]
  /** Those that were said to wait for a profile. */
  readonly waitingOf: (receipt: string) => readonly LogFields[]
  /** From now on changes are printed, and no longer kept. */
  readonly showChanges: () => void
}

/** `write` gets whole lines. Warnings and errors are written at any time. */
export const createLocalLog = (write: (line: string) => void): LocalLog => {
  let kept: LogFields[] | undefined = []
  const writeLine = (level: string, message: string, fields: LogFields = {}) =>
    write(JSON.stringify({ level, message, timestamp: new Date().toISOString(), ...fields }))

  const linesOf = (receipt: string) => (kept ?? []).filter((fields) => fields['receipt'] === receipt)

  return {
    info: (message, fields = {}) => {
      if (message !== 'change.delivered' && message !== 'delivery.decoded') return
      if (!kept) writeLine('INFO', message, fields)
      else if (message === 'change.delivered') kept.push(fields)
    },
    warn: (message, fields) => writeLine('WARN', message, fields),
    error: (message, fields) => writeLine('ERROR', message, fields),
    endedOf: (receipt) =>
      linesOf(receipt).filter(({ outcome }) => outcome !== 'deferred' && outcome !== 'waiting'),
    waitingOf: (receipt) => linesOf(receipt).filter(({ outcome }) => outcome === 'waiting'),
    showChanges: () => {
      kept = undefined
    },
  }
}
