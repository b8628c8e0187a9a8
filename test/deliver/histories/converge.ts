// How every history must end: the profiles as the model has them, refused changes put aside, every change with an end.
import type { SQSRecord } from 'aws-lambda'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ChangesMessage } from '../../../functions/change/message.ts'
import { expectedValues } from '../../support/model.ts'
import { seeded } from '../../support/seeded.ts'
import type { Simulation } from '../../support/simulation.ts'
import { type History, history, isRefused, type Person } from './history.ts'
import { live } from './live.ts'

/** Of one history, on a machine that has much else to do. */
const MOST_MILLISECONDS = 100

/** The changes (receipt and index) that were accepted and of which no log line says how they ended. */
const unended = (simulation: Simulation, records: readonly SQSRecord[]): readonly string[] => {
  const ended = new Set(
    simulation.log.lines
      .filter(({ message, outcome }) => message === 'change.delivered' && outcome !== 'deferred')
      .map(({ receipt, index }) => `${receipt}-${index}`),
  )
  return records
    .map(({ body }): ChangesMessage => JSON.parse(body))
    .flatMap(({ receipt, changes }) => changes.map(({ index }) => `${receipt}-${index}`))
    .filter((name) => !ended.has(name))
}

const profileOf = (
  profiles: ReturnType<Simulation['campaign']['profiles']>,
  person: Person,
): Record<string, unknown> => {
  const profile = profiles.find((one) => one['email'] === `${person}@example.com`) ?? {}
  const { location } = profile
  const nested = typeof location === 'object' && location !== null ? Object.entries(location) : []
  return { ...profile, ...Object.fromEntries(nested.map(([name, value]) => [`location.${name}`, value])) }
}

/** Throws where a history does not end as the rules say. */
const expectToConverge = async (given: History): Promise<void> => {
  const { simulation, records } = await live(given)
  const profiles = simulation.campaign.profiles()
  for (const person of given.people) {
    const own = given.changes.filter((one) => one.person === person).map(({ change }) => change)
    const expected = { phone: 'as it was', ...expectedValues(own.filter((one) => !isRefused(one))) }
    expect(profileOf(profiles, person)).toMatchObject(expected)
  }
  const parked = simulation.parked.map(({ MessageBody }) => JSON.parse(MessageBody).changes[0].id)
  const refused = given.changes.map(({ change }) => change).filter(isRefused)
  expect(new Set(parked)).toEqual(new Set(refused.map(({ id }) => id)))
  expect(unended(simulation, records)).toEqual([])
}

/** A part of the random histories, in a file of its own so that both cores have enough to do: `shard` picks which. */
export const testHistories = (shard: number, tries: number): void => {
  const { settings, timeout } = seeded('histories', { tries, milliseconds: tries * MOST_MILLISECONDS }, shard)
  it(
    'ends every profile as the model does, whatever order, duplicates, batches, refusals, lost answers, late writes and deaths',
    () => fc.assert(fc.asyncProperty(history, expectToConverge), settings),
    timeout,
  )
}
