// The columns of the matrix, as facts about what is left when a fault is over and everything has ended.
import { busiestSecond, engineCalls } from '../support/backlog.ts'
import { expectedValues } from '../support/model.ts'
import {
  CONSENT,
  type Edit,
  emailOf,
  PEOPLE,
  SOMETIMES_UNKNOWN_ATTRIBUTE,
  toChange,
  UNKNOWN_ATTRIBUTE,
} from './edits.ts'
import { CALLS_PER_SECOND, type Walked } from './walk.ts'
import type { Column } from './world.ts'

const isNotFinal = (outcome: unknown) => outcome === 'deferred' || outcome === 'waiting'

/** Every delivery was heard in the end, every accepted change has a final outcome, the queues are empty. */
const isNothingLost = ({ simulation, answers, unheard, left }: Walked): boolean => {
  const ends = new Map<unknown, Set<unknown>>()
  for (const line of simulation.log.lines) {
    if (line.message !== 'change.delivered' || isNotFinal(line['outcome'])) continue
    ends.set(line['receipt'], (ends.get(line['receipt']) ?? new Set()).add(line['index']))
  }
  const isEnded = ({ status, body }: Walked['answers'][number]) =>
    status >= 300 || (ends.get(body['receipt'])?.size ?? 0) === body['accepted']
  const heard = new Set(answers.filter(({ status }) => status < 300).flatMap(({ edits }) => edits))
  return unheard.length === 0 && left === 0 && heard.size > 0 && answers.every(isEnded)
}

type Parked = { readonly code: string; readonly names: readonly string[] }

const parkedOf = ({ simulation }: Walked): readonly Parked[] =>
  simulation.parked.map(({ MessageBody }) => {
    const { changes = [], parked } = JSON.parse(MessageBody)
    return { code: parked.code, names: changes.map(({ id, source }: Edit) => `${source} ${id}`) }
  })

const refusable = [UNKNOWN_ATTRIBUTE, SOMETIMES_UNKNOWN_ATTRIBUTE]

/** Nothing but what Campaign refuses by name is parked, and all of what it never takes. */
const isParkedRightly = (walked: Walked): boolean => {
  const parked = parkedOf(walked)
  const names = new Set(parked.flatMap((one) => one.names))
  const may = (edit: Edit) => Object.keys(edit.set).some((attribute) => refusable.includes(attribute))
  const allowed = new Set(walked.edits.filter(may).map(({ source, id }) => `${source} ${id}`))
  const never = walked.edits.filter(({ set }) => UNKNOWN_ATTRIBUTE in set)
  return (
    parked.every(({ code }) => code === 'attribute-unknown') &&
    [...names].every((name) => allowed.has(name)) &&
    never.every(({ source, id }) => names.has(`${source} ${id}`))
  )
}

/** The profiles are those of the model, by the moments at which the edits were really made unless told otherwise. */
export const areProfilesRight = (
  walked: Walked,
  madeAt: (edit: Edit) => number = (edit) => edit.madeAt,
): boolean => {
  const { simulation, edits, begunAt } = walked
  const refused = new Set(
    parkedOf(walked).flatMap(({ code, names }) => (code === 'attribute-unknown' ? names : [])),
  )
  return PEOPLE.every((person) => {
    const own = edits
      .filter((edit) => edit.person === person && !refused.has(`${edit.source} ${edit.id}`))
      .map((edit) => toChange(edit, begunAt + madeAt(edit)))
    const shown = simulation.campaign.profiles().find(({ email }) => email === emailOf(person)) ?? {}
    const flat: Record<string, unknown> = { ...shown }
    for (const [name, value] of Object.entries(shown['location'] ?? {})) flat[`location.${name}`] = value
    const expected = { phone: 'canary before', ...expectedValues(own) }
    return Object.entries(expected).every(([attribute, value]) => flat[attribute] === value)
  })
}

/** Who opted out last is opted out, and was never opened in between. */
const isConsentKept = ({ simulation, reopened }: Walked): boolean => {
  const flagOf = (person: 'zoe' | 'eve') =>
    simulation.campaign.profiles().find(({ email }) => email === emailOf(person))?.[CONSENT]
  return reopened.length === 0 && flagOf('zoe') === true && flagOf('eve') === true
}

const isBudgetKept = ({ simulation }: Walked): boolean =>
  busiestSecond(engineCalls(simulation.campaign.requests())) <= CALLS_PER_SECOND

export type Verdict = Readonly<Record<Column, boolean>>

export const verdictOf = (walked: Walked): Verdict => ({
  'nothing lost': isNothingLost(walked),
  'no lasting regress': areProfilesRight(walked),
  'consent kept': isConsentKept(walked),
  'budget kept': isBudgetKept(walked),
  'parked only what is refused by name': isParkedRightly(walked),
})
