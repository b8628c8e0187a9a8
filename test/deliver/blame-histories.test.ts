// Any mix of changes that end whoever works them with others of the same people, in any messages, batches and lanes, and
// workers that end for no reason besides: nobody is parked for another's sake, and the guilty ones come to an end.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Change, MatchEntry } from '../../functions/change/change.ts'
import { startMortal, startVictim, type Worker } from '../support/mortal-worker.ts'
import { drain } from '../support/queue.ts'
import { aChange, aRecord } from '../support/records.ts'
import { seeded } from '../support/seeded.ts'
import { startSimulation } from '../support/simulation.ts'

const MORNING = Date.parse('2026-11-22T08:00:00.000Z')
const PEOPLE = ['ada', 'bob'] as const
const keyOf = (person: string): MatchEntry => ({ attribute: 'cusCrmId', value: `crm-${person}` })
const emailOf = (person: string): MatchEntry => ({ attribute: 'email', value: `${person}@example.com` })
/**
 * Of one change: two among others, five alone; under each of the names that the ledger may know her by while she is made:
 * that of the entry, of the PKey, of the key she gets.
 */
const DEATHS_OF_ONE = 3 * 7
const DEATHS_ALONE = 5

const change = fc
  .record({
    person: fc.constantFrom(...PEOPLE),
    named: fc.constantFrom('key', 'email', 'both'),
    action: fc.constantFrom('update' as const, 'update' as const, 'upsert' as const, 'delete' as const),
    attribute: fc.constantFrom('phone', 'fax', 'firstName', 'blackListEmail', ''),
    isGuilty: fc.nat({ max: 3 }).map((chance) => chance === 0),
    minute: fc.integer({ min: 0, max: 5 }),
    lane: fc.constantFrom('changes' as const, 'consent' as const),
    message: fc.nat({ max: 1 }),
  })
  .map(({ person, named, action, attribute, isGuilty, minute, ...at }) => {
    const match: readonly [MatchEntry, ...MatchEntry[]] =
      named === 'both'
        ? [keyOf(person), emailOf(person)]
        : [named === 'key' ? keyOf(person) : emailOf(person)]
    const value = attribute === 'blackListEmail' ? true : `of minute ${minute}`
    const set = action === 'delete' || attribute === '' ? {} : { [attribute]: value }
    return {
      ...at,
      change: aChange({
        match,
        action,
        set: { ...set, ...(isGuilty && action !== 'delete' && { lastName: `poison ${minute}` }) },
        occurredAt: MORNING + minute * 60_000,
      }),
    }
  })

const history = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 8 }),
  known: fc.subarray([...PEOPLE]),
  deletionsKill: fc.boolean(),
  chances: fc.infiniteStream(fc.nat({ max: 1_000_000 })),
})
type History = typeof history extends fc.Arbitrary<infer Shape> ? Shape : never

/** Workers end at what kills them, and the first so many of them at any moment, whatever they have in hand. */
const live = async ({ changes, known, deletionsKill, chances }: History, mostForNoReason: number) => {
  const chance = () => chances.next().value ?? 0
  const simulation = startSimulation()
  simulation.campaign.addProfiles(
    known.map((person) => ({ cusCrmId: keyOf(person).value, email: emailOf(person).value })),
  )
  const messages = Map.groupBy(changes, ({ change: { match }, lane, message }) =>
    JSON.stringify([match[0], lane, message]),
  )
  const records = [...messages.values()].map((members) =>
    aRecord(
      members.map((one, index) => ({ ...one.change, index })),
      { lane: members[0]?.lane ?? 'changes' },
    ),
  )
  let [killed, started] = [0, 0]
  const start = (): Worker => {
    started += 1
    const mortal = startMortal(started <= mostForNoReason ? 1 + (chance() % 40) : Number.POSITIVE_INFINITY)
    return startVictim(
      simulation,
      ({ method, body }) => {
        const kills = body.includes('poison') || (deletionsKill && method === 'DELETE')
        if (kills) killed += 1
        return kills
      },
      mortal,
    )
  }
  // How often each message was in the hands of a worker that ended.
  const died = new Map<string, number>()
  let worker = start()
  await drain(simulation, records, {
    pick: (count) => {
      const places = Array.from({ length: count }, (_, place) => place).filter(() => chance() % 2 === 0)
      return places.length > 0 ? places : [chance() % count]
    },
    worker: () => {
      if (worker.isDead()) worker = start()
      const { deliver } = worker
      const own = worker
      return {
        ...own,
        deliver: (event, context) => {
          void own.death.then(() => {
            for (const { body } of (event as { Records: { body: string }[] }).Records)
              died.set(body, (died.get(body) ?? 0) + 1)
          })
          return deliver(event, context)
        },
      }
    },
    sideBySide: 1,
  })
  const crashed = simulation.parked
    .map(({ MessageBody }) => JSON.parse(MessageBody))
    .filter(({ parked }) => parked.code === 'crashed')
    .map(({ changes: [one] }): Change => one)
  const isGuilty = ({ set, action }: Change) => 'lastName' in set || (deletionsKill && action === 'delete')
  return { crashed, isGuilty, killed, died, guilty: changes.filter((one) => isGuilty(one.change)).length }
}

const { settings, timeout } = seeded('histories of changes that end their workers, twice', { tries: 40 })

it(
  'parks nobody who never ended anybody, and every change ends after a bounded number of deaths',
  async () => {
    await fc.assert(
      fc.asyncProperty(history, async (given) => {
        const { crashed, isGuilty, killed, guilty } = await live(given, DEATHS_ALONE - 1)
        expect(crashed.filter((one) => !isGuilty(one))).toEqual([])
        expect(killed).toBeLessThanOrEqual(guilty * DEATHS_OF_ONE)
      }),
      settings,
    )
  },
  timeout,
)

it(
  'parks a change that many workers ended with for no reason only where it was in hand five times',
  async () => {
    let parked = 0
    await fc.assert(
      fc.asyncProperty(history, async (given) => {
        const innocent = given.changes.filter(({ change: { set } }) => !('lastName' in set))
        if (innocent.length === 0) return
        const { crashed, died } = await live({ ...given, changes: innocent, deletionsKill: false }, 30)
        parked += crashed.length
        for (const { id } of crashed) {
          const deaths = [...died].filter(([body]) => body.includes(`"${id}"`)).map(([, count]) => count)
          expect(Math.max(...deaths)).toBeGreaterThanOrEqual(DEATHS_ALONE)
        }
      }),
      settings,
    )
    expect(parked).toBeGreaterThan(0)
  },
  timeout,
)
