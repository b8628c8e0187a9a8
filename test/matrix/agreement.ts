// What is told of the changes of a walk in lines, answers and requests, and what was counted of them: the same numbers.
import { isFinal, isPutAside, type Outcome } from '../../functions/change/outcome.ts'
import { parkedMetric } from '../../functions/runtime/metrics.ts'
import type { LogLine } from '../support/recorded-log.ts'
import type { Walked } from './walk.ts'

type Numbers = Readonly<Record<string, number>>

const countOf = (names: readonly string[]): Numbers =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, { length }]) => [name, length]))

const outcomeOf = ({ outcome, code }: LogLine) => ({ outcome, code }) as unknown as Outcome

const isTaken = (status: unknown): boolean => Number(status) < 300

/** By the lines of deliver, by the answers of accept, by the requests that Campaign has got. */
export const toldOf = ({ simulation, answers }: Walked, isObserving: boolean) => {
  const linesOf = (message: string) => simulation.log.lines.filter((line) => line.message === message)
  const delivered = linesOf('change.delivered')
  const taken = answers.filter(({ status }) => isTaken(status))
  const sum = (name: string) => taken.reduce((total, { body }) => total + Number(body[name]), 0)
  const rejected = taken.map(({ body }) => [body['rejected'] ?? []].flat())
  const parkedByAccept = linesOf('delivery.decoded')
    .filter((line) => isTaken(line['status']) && line['source'] === 'hubspot' && !isObserving)
    .flatMap((line) => [line['rejected']].flat())
  const parked = [
    ...delivered
      .map(outcomeOf)
      .filter(isPutAside)
      .map(({ code }) => code),
    ...parkedByAccept,
  ]
  return {
    changes: countOf(delivered.map(({ outcome }) => String(outcome))),
    ages: delivered.filter((line) => isFinal(outcomeOf(line))).map(({ ageMs }) => ageMs),
    parked: countOf(parked.map((code) => parkedMetric(code as Parameters<typeof parkedMetric>[0]))),
    accepted: sum('accepted'),
    ignored: sum('ignored'),
    rejected: rejected.flat().length,
    unmatchedOptOuts: linesOf('consent.unmatched').length,
    engineCalls: simulation.campaign.requests().filter(({ path }) => !path.startsWith('/ims/')).length,
  }
}

export const countedOf = ({ simulation: { metrics } }: Walked): ReturnType<typeof toldOf> => {
  const parked = [...metrics.values.keys()].filter((name) => name.startsWith('Parked'))
  return {
    changes: Object.fromEntries(metrics.changes),
    ages: [...(metrics.values.get('Age') ?? [])],
    parked: Object.fromEntries(parked.map((name) => [name, metrics.total(name)])),
    accepted: metrics.total('Accepted'),
    ignored: metrics.total('Ignored'),
    rejected: metrics.total('Rejected'),
    unmatchedOptOuts: metrics.total('UnmatchedOptOut'),
    engineCalls: metrics.total('EngineCalls'),
  }
}

/** Ends as those heard who waited for them. */
export const answeredOf = ({ answers }: Walked): readonly Record<string, unknown>[] =>
  answers.flatMap(({ body: { receipt, results } }) =>
    (Array.isArray(results) ? results : [])
      .filter(({ outcome }) => outcome !== 'queued')
      .map(({ id, outcome, code }) => ({ receipt, changeId: id, outcome, code })),
  )

/** Whether a line says the same. */
export const isLogged = ({ simulation }: Walked, answered: Record<string, unknown>): boolean =>
  simulation.log.lines.some((line) =>
    Object.entries(answered).every(([name, value]) => line[name as keyof LogLine] === value),
  )
