// `npm run observed -- [--json] [file…]`: adds up what MODE=observe has told, from log files or from standard input.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { endRefused, Refusal } from '../local/command/refusal.ts'
import { print } from '../local/command/screen.ts'
import { entriesIn } from './log-entries.ts'
import { type Counts, type Summary, startSumming } from './summary.ts'
import { toText } from './summary-text.ts'

const USAGE = 'npm run observed -- [--json] [file…]'

// Whoever reads the summary may leave (`npm run observed | head`).
process.stdout.on('error', () => undefined)

const observed = async (): Promise<void> => {
  const { files, isJson } = readParameters(process.argv.slice(2))
  const summing = startSumming()
  let lines = 0
  for (const { name, stream } of sourcesOf(files)) {
    try {
      // Line by line: a log may be larger than the memory.
      for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
        lines += 1
        for (const entry of entriesIn(line)) summing.add(entry)
      }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'for an unknown reason'
      throw new Refusal(`${name} cannot be read (${code}): ${USAGE}, where a file is a log`)
    }
  }
  const summary = summing.summary()
  if (summary.changes === 0) throw new Refusal(sayNothingObserved(lines, summary))
  print(...(isJson ? [JSON.stringify(summary)] : toText(summary)))
}

const readParameters = (given: readonly string[]) => {
  try {
    const { positionals, values } = parseArgs({
      args: [...given],
      options: { json: { type: 'boolean', default: false } },
      allowPositionals: true,
    })
    return { files: positionals, isJson: values.json }
  } catch {
    const option = given.find((text) => text.startsWith('-') && text !== '--json')
    throw new Refusal(`${option ?? 'this'} is not known: ${USAGE}, without a file from standard input`)
  }
}

const sourcesOf = function* (
  files: readonly string[],
): Generator<{ readonly name: string; readonly stream: Readable }> {
  if (files.length === 0 && process.stdin.isTTY)
    throw new Refusal(`say which log: ${USAGE}, or send one to standard input`)
  if (files.length === 0) yield { name: 'standard input', stream: process.stdin }
  for (const name of files) yield { name, stream: createReadStream(name) }
}

const sayNothingObserved = (lines: number, { live, deferred }: Summary): string => {
  const more = [
    ...(live > 0 ? [`${live} were worked while MODE was apply`] : []),
    ...(Object.keys(deferred).length > 0 ? [`${codes(deferred)} are still tried again`] : []),
  ]
  return `no change was observed in ${lines} lines of log${more.map((text) => `, ${text}`).join('')}: start with MODE=observe, let events come, then read the log of deliver`
}

const codes = (counts: Counts): string =>
  Object.entries(counts)
    .map(([code, count]) => `${count} (${code})`)
    .join(', ')

await observed().catch(endRefused)
