// A summary as a person reads it: lines of a screen, without colour.
import type { Counts, Summary } from './summary.ts'

/** One line each; tables with nothing in them are left out. */
export const toText = (summary: Summary): readonly string[] => {
  const { changes, profiles, from, to, attributes, outcomes, deletions, deferred, ignored, rejected } =
    summary
  const when = from !== undefined && to !== undefined ? ` from ${from} to ${to}` : ''
  const tables: readonly Table[] = [
    ['attribute', 'profiles that would have changed', attributes],
    ['would have ended as', 'changes', withDeletions(outcomes, deletions)],
    ['not observed yet', 'changes', deferred],
    ['ignored, of no interest', 'events', ignored],
    ['rejected', 'events', rejected],
  ]
  const filled = tables.filter(([, , counts]) => Object.keys(counts).length > 0)
  const labels = filled.flatMap(([name, , counts]) => [name, ...Object.keys(counts)])
  const width = Math.max(0, ...labels.map(({ length }) => length)) + GAP
  return [
    `${amount(changes, 'change')} observed${when}.`,
    `${amount(profiles, 'profile')} would have got other values.`,
    ...filled.flatMap((table) => linesOf(table, width)),
  ]
}

type Table = readonly [name: string, counted: string, counts: Counts]

const GAP = 3

const linesOf = ([name, counted, counts]: Table, width: number): readonly string[] => {
  const rows = Object.entries(counts)
  const digits = Math.max(...rows.map(([, count]) => String(count).length))
  return [
    '',
    `${name.padEnd(width)}${counted}`,
    ...rows.map(([label, count]) => `${label.padEnd(width)}${String(count).padStart(digits)}`),
  ]
}

const withDeletions = (outcomes: Counts, deletions: number): Counts =>
  Object.fromEntries(
    Object.entries(outcomes).flatMap(([outcome, count]) =>
      outcome === 'applied' && deletions > 0
        ? [
            [outcome, count],
            ['  of them deletions', deletions],
          ]
        : [[outcome, count]],
    ),
  )

const amount = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
