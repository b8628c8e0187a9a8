// The matrix as Markdown, and its place in the README.
import { FAULTS } from './faults.ts'
import { type Verdict, verdictOf } from './verdict.ts'
import { walk } from './walk.ts'
import { COLUMNS, type Fault } from './world.ts'

/** `happened` is how often AWS or a worker failed. */
export type Measured = { readonly fault: Fault; readonly verdict: Verdict; readonly happened: number }

export const measure = async (seed?: number): Promise<readonly Measured[]> => {
  const measured: Measured[] = []
  for (const fault of FAULTS) {
    const walked = await walk(fault, seed === undefined ? {} : { seed })
    measured.push({ fault, verdict: verdictOf(walked), happened: walked.world.happened })
  }
  return measured
}

const rowOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

export const tableOf = (measured: readonly Measured[]): string => {
  const notes = [...new Set(measured.flatMap(({ fault }) => Object.values(fault.notes ?? {})))]
  const cellOf = ({ fault, verdict }: Measured, column: (typeof COLUMNS)[number]): string => {
    if (verdict[column]) return 'yes'
    const note = fault.notes?.[column]
    return note === undefined ? 'NO' : `no (${notes.indexOf(note) + 1})`
  }
  return [
    rowOf(['fault', ...COLUMNS]),
    rowOf(Array.from({ length: COLUMNS.length + 1 }, () => '---')),
    ...measured.map((one) => rowOf([one.fault.name, ...COLUMNS.map((column) => cellOf(one, column))])),
    '',
    ...notes.map((note, place) => `${place + 1}. ${note}`),
  ].join('\n')
}

const [BEGIN, END] = ['<!-- npm run matrix -->', '<!-- end of the matrix -->']

/** What stands between the two comments. Throws where they are missing. */
export const tableIn = (readme: string): string => {
  const [, behind] = readme.split(BEGIN)
  const [table] = behind?.split(END) ?? []
  if (table === undefined) throw new Error(`the README has no place for the matrix: ${BEGIN} … ${END}`)
  return table.trim()
}

export const withTable = (readme: string, table: string): string =>
  readme.replace(tableIn(readme), () => table)
