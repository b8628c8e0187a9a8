// What redriving says on the screen.
import { bold, dim, yellow } from '../local/command/screen.ts'
import type { Redriven } from './redrive.ts'
import { FATES } from './tally.ts'

const CODE_WIDTH = 22
const COUNT_WIDTH = 12

export type Asked = { readonly place: string; readonly codes: readonly string[]; readonly isDryRun: boolean }

export const reportLines = ({ tally, younger }: Redriven, asked: Asked): readonly string[] => {
  const { place, codes, isDryRun } = asked
  const found = [...tally.codes()].toSorted(([left], [right]) => (left < right ? -1 : 1))
  const unknown = codes.filter((code) => !tally.codes().has(code))
  const sendable = tally.total('selected') - tally.total('undecodable') - tally.total('undecided')
  return [
    dim(`parked messages of ${place}`),
    ...(found.length === 0 ? ['Nothing is parked.'] : [bold(row('code', FATES))]),
    ...found.map(([code, counts]) =>
      row(
        code,
        FATES.map((fate) => String(counts[fate])),
      ),
    ),
    ...(unknown.length > 0 ? [yellow(`Nothing is parked under ${unknown.join(', ')}.`)] : []),
    ...(tally.total('undecodable') > 0 ? [yellow(UNDECODABLE)] : []),
    ...(tally.total('undecided') > 0 ? UNDECIDED.map(yellow) : []),
    ...(younger > 0 ? [yellow(`Parked since this run began, and left for the next one: ${younger}.`)] : []),
    ...(isDryRun ? [`A dry run: nothing was sent. Without --dry-run ${sendable} would be.`] : []),
    ...(tally.total('sent') > 0
      ? ['How each ends is a line of the log; one that is too old ends as superseded.']
      : []),
  ]
}

const UNDECODABLE =
  'Undecodable ones hold an event, no change: its source has to send it again, or a person mends it by hand. They stay.'

const UNDECIDED = [
  'Undecided ones tell of contacts that were deleted or merged in the CRM. Whoever decides to have one done sends it as',
  'a change of the source direct, with a match by the id in the event: {"action":"delete",…} deletes the profile,',
  '{"set":{"blackList":true},…} closes it. They stay, until the queue forgets them.',
]

const row = (name: string, cells: readonly string[]): string =>
  `${name.padEnd(CODE_WIDTH)}${cells.map((cell) => cell.padStart(COUNT_WIDTH)).join('')}`
