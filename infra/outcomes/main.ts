// `npm run outcomes -- [file…]`: adds up from logs how accepted changes ended; exit code 1 where one has no end, or where
// nothing in the log says what was accepted.
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { readDuration, readOptions } from '../local/command/options.ts'
import { endRefused, Refusal } from '../local/command/refusal.ts'
import { print } from '../local/command/screen.ts'
import { createAccount } from './account.ts'
import { isWithoutAccept, reportLines } from './report.ts'
import { saidIn } from './said.ts'

const ALLOWED =
  'npm run outcomes -- [--grace 15m] [--json] [file…], where a file is a log; without one the log is read from standard input'

const outcomes = async (): Promise<void> => {
  const { values, positionals } = readOptions(
    { options: { grace: { type: 'string' }, json: { type: 'boolean' } }, allowPositionals: true },
    ALLOWED,
  )
  const grace = readDuration('--grace', values.grace ?? '0')
  if (positionals.length === 0 && process.stdin.isTTY) throw new Refusal(`there is no log: ${ALLOWED}`)

  const account = createAccount()
  let said = 0
  let unreadable = 0
  for await (const line of linesOf(positionals)) {
    const read = saidIn(line)
    if (!read) unreadable += 1
    for (const one of read ?? []) account.add(one)
    said += read?.length ?? 1
  }
  if (said === 0) throw new Refusal(`no line of this log speaks of a delivery or a change: ${ALLOWED}`)

  const totals = account.totals(Date.now())
  const overdue = totals.withoutEnd.filter(({ ageMs }) => ageMs >= grace).length
  if (values.json) print(JSON.stringify({ ...totals, overdue, unreadable }))
  else print(...reportLines(totals, overdue, unreadable))
  if (overdue > 0 || isWithoutAccept(totals)) process.exitCode = 1
}

/** All lines of the files one after the other, or those of standard input; never a whole file at once. */
async function* linesOf(files: readonly string[]): AsyncGenerator<string> {
  if (files.length === 0) yield* createInterface({ input: process.stdin })
  for (const file of files) {
    try {
      await using handle = await open(file)
      yield* handle.readLines()
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
      throw new Refusal(`${file} cannot be read (${String(error.code)}): give the path of a file`)
    }
  }
}

await outcomes().catch(endRefused)
