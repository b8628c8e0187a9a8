// `npm run matrix`: measures, prints the table and writes it into the README; exit code 1 where a cell has no reason to be red.
import { readFileSync, writeFileSync } from 'node:fs'
import { measure, tableOf, withTable } from './table.ts'

const README = new URL('../../README.md', import.meta.url)
const table = tableOf(await measure())
process.stdout.write(`${table}\n`)
writeFileSync(README, withTable(readFileSync(README, 'utf8'), table))
if (table.includes('| NO |')) process.exitCode = 1
