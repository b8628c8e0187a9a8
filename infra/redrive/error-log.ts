// The log of a command: its screen is on standard output, so this goes to standard error.
import type { Log, LogFields } from '../../functions/runtime/log.ts'

const write =
  (level: string) =>
  (message: string, fields: LogFields = {}): void => {
    process.stderr.write(`${JSON.stringify({ level, message, ...fields })}\n`)
  }

export const errorLog: Log = { info: () => undefined, warn: write('WARN'), error: write('ERROR') }
