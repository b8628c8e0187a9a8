// What the terminal shows: colour where it has it (NO_COLOR and FORCE_COLOR are heard), plain text anywhere else.
import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]
const styled = (format: Format) => (text: string) => styleText(format, text)

export const bold = styled('bold')
export const dim = styled('dim')
export const green = styled('green')
export const red = styled('red')
export const yellow = styled('yellow')

/** Writes each line to standard output. */
export const print = (...lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`)
}

const LONGEST_KEY = 9

/** A path or URL of Campaign as a person reads it: from the resource on, escapes undone, long keys and queries cut. */
export const readablePath = (path: string): string => {
  const shortened = path
    .replace(/^.*\/profileAndServices(Ext)?\//, '…/')
    .replace(/&.*$/, '&…')
    .replace(/@[\w-]{9,}/g, (key) => `${key.slice(0, LONGEST_KEY)}…`)
  try {
    return decodeURIComponent(shortened)
  } catch {
    return shortened
  }
}

/** Whether a status is good news, in its colour. */
export const status = (given: number | null): string => {
  if (given === null) return red('no answer')
  return given < 400 ? green(String(given)) : red(String(given))
}
