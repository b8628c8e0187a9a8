// How the totals look on the screen.
import { bold, dim, red, yellow } from '../local/command/screen.ts'
import type { Totals, Unended } from './totals.ts'

const NAME_WIDTH = 24
const COUNT_WIDTH = 9
/** Longer lists are for --json. */
const LISTED = 20

/** `overdue` are those without an end that are older than the grace. */
export const reportLines = (totals: Totals, overdue: number, unreadable: number): readonly string[] => {
  const { deliveries, refused, accepted, ignored, rejected, withoutEnd, unaccounted, repeated } = totals
  return [
    bold(
      `${accepted} changes accepted in ${deliveries} deliveries; ${ignored} events ignored, ${rejected} rejected`,
    ),
    '',
    ...outcomeLines(totals),
    '',
    ...costLines(totals),
    ...laterLines(repeated),
    ...noteLines([
      [
        unaccounted,
        'ends of changes that no line here says were accepted: this log begins later, or lacks accept’s',
      ],
      [refused, 'deliveries answered 503: the sender was told to send them again'],
      [unreadable, 'lines about deliveries or changes cannot be read: cut off, or of another version'],
    ]),
    '',
    isWithoutAccept(totals) ? bold(NO_ACCEPTANCE) : verdict(totals, overdue),
    ...unendedLines(withoutEnd),
  ]
}

const NO_ACCEPTANCE = 'No acceptance was found in these lines: is the webhook’s log among them?'

/** Whether accept says nothing in the log, so that it cannot tell what should have ended. */
export const isWithoutAccept = ({ deliveries, refused }: Totals): boolean => deliveries + refused === 0

const verdict = ({ accepted, withoutEnd }: Totals, overdue: number): string => {
  if (accepted === 0) return 'No change was accepted in these lines.'
  if (withoutEnd.length === 0) return 'Every accepted change has its end.'
  return bold(`${withoutEnd.length} accepted changes without an end, ${overdue} of them overdue:`)
}

const outcomeLines = ({ outcomes, codes }: Totals): readonly string[] =>
  byCount(outcomes).flatMap(([outcome, count]) => [
    row(outcome, count),
    ...byCount(codes[outcome] ?? {}).map(([code, ofCode]) => dim(row(`  ${code}`, ofCode))),
  ])

const costLines = ({ engineCalls, engineCallsPerApplied, ageMs }: Totals): readonly string[] => [
  `engine calls   ${engineCalls}${engineCallsPerApplied === null ? '' : `, ${engineCallsPerApplied.toFixed(2)} for each applied change`}`,
  ...(ageMs
    ? [`age at the end p50 ${duration(ageMs.p50)}, p95 ${duration(ageMs.p95)}, p99 ${duration(ageMs.p99)}`]
    : []),
]

/** What a redrive came to, and what SQS handed out twice. */
const laterLines = (repeated: Totals['repeated']): readonly string[] => {
  const said = byCount(repeated).map(([outcome, count]) => `${count} ${outcome}`)
  return said.length === 0 ? [] : [`said after an end, and not counted above: ${said.join(', ')}`]
}

const noteLines = (notes: readonly (readonly [number, string])[]): readonly string[] =>
  notes.flatMap(([count, note]) => (count > 0 ? [yellow(`${count} ${note}`)] : []))

/** Those of which nothing was said come first: nobody is working on them as far as this log knows. */
const unendedLines = (unended: readonly Unended[]): readonly string[] => {
  const oldestFirst = unended.toSorted(
    (left, right) =>
      Number(right.last === 'nothing') - Number(left.last === 'nothing') || right.ageMs - left.ageMs,
  )
  return [
    ...oldestFirst.slice(0, LISTED).map(({ receipt, index, last, code = '', changeId = '', ageMs }) => {
      const line = `   receipt ${receipt} index ${index}   ${last} ${code}`.trimEnd()
      const about = dim(`accepted ${duration(ageMs)} ago ${changeId}`.trimEnd())
      return `${last === 'nothing' ? red(line) : line}   ${about}`
    }),
    ...(unended.length > LISTED ? [`   and ${unended.length - LISTED} more: --json lists all of them`] : []),
  ]
}

const row = (name: string, count: number): string =>
  `${name.padEnd(NAME_WIDTH)}${String(count).padStart(COUNT_WIDTH)}`

const byCount = (counts: Readonly<Record<string, number>>): readonly (readonly [string, number])[] =>
  Object.entries(counts).toSorted(([, left], [, right]) => right - left)

const SCALE = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const

const duration = (milliseconds: number): string => {
  const [unit, name] = SCALE.find(([unit]) => milliseconds >= unit) ?? [1, 'ms']
  return `${Number((milliseconds / unit).toPrecision(3))} ${name}`
}
