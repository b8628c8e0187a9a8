// Converge where people are made and deleted, too: any order, duplicates, batches, lost answers, late writes, deaths.
import type { SQSRecord } from 'aws-lambda'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Change, MatchEntry } from '../../functions/change/change.ts'
import type { FaultInput } from '../../infra/local/campaign/faults.ts'
import { expectedValues } from '../support/model.ts'
import { startMortalWorker, type Worker } from '../support/mortal-worker.ts'
import { drain } from '../support/queue.ts'
import { aChange, aRecord } from '../support/records.ts'
import { seeded } from '../support/seeded.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const MORNING = Date.parse('2026-11-22T08:00:00.000Z')
const PEOPLE = ['ada', 'bob'] as const
type Person = (typeof PEOPLE)[number]
const key = (person: Person): MatchEntry => ({ attribute: 'cusCrmId', value: `crm-${person}` })
const email = (person: Person): MatchEntry => ({ attribute: 'email', value: `${person}@example.com` })

// Nobody says both where one knows the key alone and another the email alone: those would be two, and rightly.
const matches = (person: Person) =>
  fc.constantFrom<Change['match']>(
    [key(person), email(person)],
    [email(person), key(person)],
    [email(person)],
  )

const given = (actions: readonly Change['action'][]) =>
  fc
    .record({
      person: fc.constantFrom(...PEOPLE),
      action: fc.constantFrom(...actions),
      values: fc.record(
        {
          phone: fc.constantFrom('1', '2'),
          fax: fc.constantFrom('3', '4'),
          lastName: fc.constant('Łódź'),
        },
        { requiredKeys: [] },
      ),
      restates: fc.boolean(),
      minute: fc.integer({ min: 0, max: 5 }),
    })
    .chain(({ person, action, values, restates, minute }) =>
      matches(person).map((match) => ({
        person,
        change: aChange({
          action,
          match,
          ...(action === 'delete' ? {} : restates ? { restate: values } : { set: values }),
          occurredAt: MORNING + minute * 60_000,
        }),
      })),
    )

const fault: fc.Arbitrary<FaultInput> = fc.record({
  match: fc.constantFrom(
    { method: 'POST' },
    { method: 'PATCH' },
    { method: 'DELETE' },
    { method: 'GET' },
    {},
  ),
  times: fc.integer({ min: 1, max: 3 }),
  answer: fc.constantFrom<FaultInput['answer'][]>(
    { reset: true },
    { appliedButLost: true },
    { garbage: true },
    { hang: true },
    { applyAfterMs: 20_000 },
    { applyAfterMs: 55_000 },
    { status: 429, retryAfter: 3 },
    { status: 503 },
    { status: 500, body: 'An error has occurred - please contact your administrator.' },
  ),
})

const MOST_DEATHS = 6

const history = (actions: readonly Change['action'][]) =>
  fc.record({
    changes: fc.array(given(actions), { minLength: 1, maxLength: 10 }),
    again: fc.array(fc.nat(), { maxLength: 3 }),
    faults: fc.array(fault, { maxLength: 5 }),
    chances: fc.infiniteStream(fc.nat({ max: 1_000_000 })),
    dialect: fc.constantFrom('standard' as const, 'v8' as const),
    verify: fc.constantFrom('never', 'always'),
  })
type History = ReturnType<typeof history> extends fc.Arbitrary<infer Shape> ? Shape : never

const live = async ({ changes, again, faults, chances, dialect, verify }: History): Promise<Simulation> => {
  const chance = (below: number) => (chances.next().value ?? 0) % below
  const simulation = startSimulation({
    settings: { dialect },
    environment: { VERIFY: verify, CAMPAIGN_DIALECT: dialect, UNMATCHED: 'create' },
    refusesSends: () => chance(3) === 0,
  })
  simulation.campaign.addFaults(faults)
  const shuffled = <Item>(items: readonly Item[]): readonly Item[] =>
    items
      .map((item) => [chance(1_000_000), item] as const)
      .toSorted(([left], [right]) => left - right)
      .map(([, item]) => item)
  const sent = [...changes, ...again.flatMap((place) => changes[place % changes.length] ?? [])]
  const byEntry = Map.groupBy(sent, ({ change: { match } }) => JSON.stringify([match[0], chance(3)]))
  const records: readonly SQSRecord[] = [...byEntry.values()].map((members) =>
    aRecord(shuffled(members).map(({ change }, index) => ({ ...change, index }))),
  )
  let deaths = 0
  const start = (): Worker => {
    // A change that five workers die of is put aside, and that is another test's.
    deaths += 1
    const diesAt = deaths > MOST_DEATHS ? Number.POSITIVE_INFINITY : 1 + chance(120)
    return startMortalWorker(simulation, diesAt, chance(3) * 1000 - 1000)
  }
  const workers = [start(), start(), start()]
  await drain(simulation, shuffled(records), {
    pick: (count) => shuffled(Array.from({ length: count }, (_, place) => place)).slice(0, 1 + chance(10)),
    worker: () => {
      const place = chance(workers.length)
      const standing = workers[place]
      const worker = standing && !standing.isDead() ? standing : start()
      workers[place] = worker
      return worker
    },
    sideBySide: 3,
  })
  // What was sent and never answered may still land.
  await simulation.time.pass(120_000)
  return simulation
}

const ofOne = ({ changes }: History, person: Person): readonly Change[] =>
  changes.filter((one) => one.person === person).map(({ change }) => change)

const profilesOf = ({ campaign }: Simulation, person: Person) =>
  campaign
    .profiles()
    .filter((one) => one['email'] === email(person).value || one['cusCrmId'] === key(person).value)

const { settings, timeout } = seeded('histories of people who are made, twice', { tries: 36 })

it(
  'makes one profile each of people who were not there, and ends it as the model does',
  async () => {
    await fc.assert(
      fc.asyncProperty(history(['upsert', 'update']), async (given) => {
        const simulation = await live(given)
        for (const person of PEOPLE) {
          const own = ofOne(given, person)
          const profiles = profilesOf(simulation, person)
          expect(profiles).toHaveLength(own.length > 0 ? 1 : 0)
          if (own.length > 0) expect(profiles).toMatchObject([expectedValues(own)])
          if (own.some(({ action, match }) => action === 'upsert' && match.length > 1))
            expect(profiles).toMatchObject([{ cusCrmId: key(person).value, email: email(person).value }])
        }
        expect(simulation.parked).toEqual([])
      }),
      settings,
    )
  },
  timeout,
)

// Which values somebody has who was deleted in between is not claimed: what came before the deletion is gone with her.
it(
  'never keeps or makes anybody whose last word is a deletion, unless a person has to decide',
  async () => {
    await fc.assert(
      fc.asyncProperty(history(['upsert', 'update', 'delete']), async (given) => {
        const simulation = await live(given)
        const undecided = simulation.parked.map(({ MessageBody }) => JSON.parse(MessageBody))
        expect(undecided.filter(({ parked }) => parked.code !== 'changed-since')).toEqual([])
        for (const person of PEOPLE) {
          const own = ofOne(given, person)
          const newest = own.reduce<Change | undefined>(
            (left, right) => (left && rank(left) > rank(right) ? left : right),
            undefined,
          )
          const count = profilesOf(simulation, person).length
          expect(count).toBe(newest && newest.action !== 'delete' ? 1 : 0)
        }
      }),
      settings,
    )
  },
  timeout,
)

/** Of one moment the greater id is the newer. */
const rank = ({ occurredAt, id }: Change): string => `${occurredAt} ${id}`
