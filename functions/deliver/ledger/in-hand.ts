// Which changes were in hand when a lease was taken, or a work alone was begun: short marks in the profile's item, which
// stay where nobody ended the lease. Pure.
import { KEPT_MILLISECONDS, type Lease } from './ledger.ts'

/** Name of the change, how it was in hand, and until when the lease ran, which no two leases of a profile have in common. */
export type Mark = string

/** What of a lease says who is in hand. */
export type InHand = Pick<Lease, 'until' | 'names' | 'marks'>

/** 48 bits tell the changes of one person apart. */
export const NAME_CHARACTERS = 8
const AMONG_OTHERS = '.'
const ALONE = '!'
/** A merged write may hold any number of changes, an item of the ledger may not: the others are found out one by one. */
const MOST_NAMED = 8

const markOf = (name: string, how: string, until: number): Mark => `${name}${how}${until.toString(36)}`
const untilOf = (mark: Mark): number => Number.parseInt(mark.slice(NAME_CHARACTERS + 1), 36)

/** What is added when a lease is taken for the changes of these names. */
export const marksTaken = (names: readonly string[], until: number): readonly Mark[] =>
  names.slice(0, MOST_NAMED).map((name) => markOf(name, AMONG_OTHERS, until))

/** What leases before this one have left, of all that is held: its own, told again after a lost answer, is none of it. */
export const marksBefore = (held: readonly Mark[], until: number): readonly Mark[] =>
  held.filter((mark) => untilOf(mark) !== until && untilOf(mark) > until - KEPT_MILLISECONDS)

/** What is to be held while nothing but these changes is in hand: that workers died of them among others says no more. */
export const marksAlone = ({ marks, names, until }: InHand): readonly Mark[] => [
  ...marks.filter((mark) => !names.some((name) => mark.startsWith(name + AMONG_OTHERS))),
  ...names.map((name) => markOf(name, ALONE, until)),
]

const withoutMarksOf = (marks: readonly Mark[], names: readonly string[]): readonly Mark[] =>
  marks.filter((mark) => !names.includes(mark.slice(0, NAME_CHARACTERS)))

/** The lease before anything is begun alone under it. */
export const withNothingInHand = (lease: Lease): Lease => ({ ...lease, names: [] })

/** The lease for the work of this name alone: what was in hand before has ended. */
export const begunWith = (lease: Lease, name: string): Lease => ({
  ...lease,
  names: [name],
  marks: withoutMarksOf(lease.marks, lease.names),
})

/** The lease without those that are not worked under it, nor forgiven when it is ended. */
export const leavingOut = (lease: Lease, names: readonly string[]): Lease => ({
  ...lease,
  names: lease.names.filter((name) => !names.includes(name)),
})

/** What is left when the lease is ended: nothing of whom it was taken for, unless their work was not begun or goes on. */
export const marksLeft = ({ marks, names }: InHand, isPassed: boolean): readonly Mark[] =>
  isPassed ? marks : withoutMarksOf(marks, names)

/** In how many invocations that died it was in hand: with others, and alone. */
export const deathsOf = (
  { marks }: Pick<InHand, 'marks'>,
  name: string,
): { readonly amongOthers: number; readonly alone: number } => ({
  amongOthers: marks.filter((mark) => mark.startsWith(name + AMONG_OTHERS)).length,
  alone: marks.filter((mark) => mark.startsWith(name + ALONE)).length,
})
