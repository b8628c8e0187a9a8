// A log that a test can read: every line with its level, in order.
import type { Log, LogFields } from '../../functions/runtime/log.ts'

export type LogLine = { readonly level: string; readonly message: string } & LogFields

/** `also` is told everything, too. */
export const recordedLog = (also?: Log): Log & { readonly lines: LogLine[] } => {
  const lines: LogLine[] = []
  const record =
    (level: keyof Log) =>
    (message: string, fields: LogFields = {}) => {
      lines.push({ ...fields, level, message })
      also?.[level](message, fields)
    }
  return { lines, info: record('info'), warn: record('warn'), error: record('error') }
}
