// Lives a history through workers that come, differ in their clocks and end in the middle of anything.
import type { SQSRecord } from 'aws-lambda'
import { touchesConsent } from '../../../functions/change/lane.ts'
import { startMortalWorker, type Worker } from '../../support/mortal-worker.ts'
import { drain } from '../../support/queue.ts'
import { aRecord } from '../../support/records.ts'
import { type Simulation, startSimulation } from '../../support/simulation.ts'
import { type History, hasKey } from './history.ts'

/** What was sent and never answered may still land until then. */
const QUIET_MILLISECONDS = 120_000

const shuffled = <Item>(items: readonly Item[], chance: () => number): readonly Item[] =>
  items
    .map((item) => [chance(), item] as const)
    .toSorted(([left], [right]) => left - right)
    .map(([, item]) => item)

/** Runs until nothing is left on the queue and nothing under way; answers the messages that were sent, too. */
export const live = async (
  given: History,
): Promise<{ readonly simulation: Simulation; readonly records: readonly SQSRecord[] }> => {
  const { people, changes, again, faults, deaths, isSkewed, chances } = given
  const chance = () => chances.next().value ?? 0
  const simulation = startSimulation({
    settings: { emailMatch: 'ignoreCase', customFields: { cusTier: null } },
    environment: { VERIFY: given.verify },
    refusesSends: () => chance() % 3 === 0,
  })
  simulation.campaign.addProfiles(
    people.map((person) => ({
      ...(hasKey(person) && { cusCrmId: `crm-${person}` }),
      email: `${person}@example.com`,
      phone: 'as it was',
    })),
  )
  simulation.campaign.addFaults(faults)

  const sent = [...changes, ...again.flatMap((place) => changes[place % changes.length] ?? [])]
  // Accept puts changes of one first match entry of one delivery into one message; here any such grouping may occur.
  // Several messages of one group in one batch too, which AWS hands out and the local queue does not.
  const byEntry = Map.groupBy(sent, ({ change: { match } }) => JSON.stringify([match[0], chance() % 3]))
  const records = [...byEntry.values()].map((members) =>
    aRecord(
      shuffled(members, chance).map(({ change }, index) => ({ ...change, index })),
      // What touches consent has its own lane, where nobody has moved it since.
      {
        lane:
          members.some(({ change }) => touchesConsent(change)) && chance() % 4 > 0 ? 'consent' : 'changes',
      },
    ),
  )
  // Clocks differ by up to two seconds, and any worker may end in the middle of anything and be followed by another.
  const lives = deaths.values()
  const start = (): Worker =>
    startMortalWorker(simulation, lives.next().value, isSkewed ? (chance() % 3) * 1000 - 1000 : 0)
  const workers: (Worker | undefined)[] = Array.from({ length: given.workers }, () => undefined)
  await drain(simulation, shuffled(records, chance), {
    pick: (count) =>
      shuffled(
        Array.from({ length: count }, (_, place) => place),
        chance,
      ).slice(0, 1 + (chance() % 10)),
    worker: () => {
      const place = chance() % workers.length
      const standing = workers[place]
      const worker = standing && !standing.isDead() ? standing : start()
      workers[place] = worker
      return worker
    },
    sideBySide: given.workers,
  })
  await simulation.time.pass(QUIET_MILLISECONDS)
  return { simulation, records }
}
