// Converge: any changes, any order, any duplicates, any batches, any lost answers: every profile ends as the model says.
import type { SQSRecord } from 'aws-lambda'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Change, MatchEntry } from '../../functions/change/change.ts'
import type { ChangesMessage } from '../../functions/change/message.ts'
import type { FaultInput } from '../../infra/local/campaign/faults.ts'
import { expectedValues } from '../support/model.ts'
import { startMortalWorker, type Worker } from '../support/mortal-worker.ts'
import { drain } from '../support/queue.ts'
import { aChange, aRecord } from '../support/records.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const PEOPLE = ['ada', 'bob', 'eve'] as const
const MORNING = Date.parse('2026-11-22T08:00:00.000Z')

const key = (person: string): MatchEntry => ({ attribute: 'cusCrmId', value: `crm-${person}` })
const email = (person: string): MatchEntry => ({
  attribute: 'email',
  value: `${person.toUpperCase()}@Example.com`,
})
const unknownKey: MatchEntry = { attribute: 'cusCrmId', value: 'crm-nobody' }

// Noa has no business key yet; a key that leads nowhere is tried and the email decides.
const PEOPLE_BY_EMAIL = ['noa'] as const
type Person = (typeof PEOPLE)[number] | (typeof PEOPLE_BY_EMAIL)[number]

// However a change names its person: a business key is taken at its word, an email is looked up, a list is walked.
const matches = (person: Person): fc.Arbitrary<readonly [MatchEntry, ...MatchEntry[]]> =>
  person === 'noa'
    ? fc.constantFrom([email(person)], [unknownKey, email(person)])
    : fc.constantFrom(
        [key(person)],
        [email(person)],
        [key(person), email(person)],
        [email(person), key(person)],
      )

const taken = fc
  .record(
    {
      phone: fc.constantFrom('1', '2', '3'),
      firstName: fc.constantFrom('A', 'B'),
      'location.city': fc.constantFrom('Turin', 'Łódź', ''),
      cusScore: fc.integer({ min: 0, max: 9 }),
      blackListEmail: fc.constant(true),
    },
    { requiredKeys: [] },
  )
  .filter((given) => Object.keys(given).length > 0)

// One change in six holds what is declared, but not published on this instance: refused, and all of its change with it.
const values = fc
  .tuple(taken, fc.nat({ max: 5 }))
  .map(([given, chance]) => (chance === 0 ? { ...given, cusTier: 'gold' } : given))

const change: fc.Arbitrary<{ person: string; change: Change }> = fc
  .constantFrom<Person>(...PEOPLE, ...PEOPLE_BY_EMAIL)
  .chain((person) =>
    fc.record({
      person: fc.constant(person),
      change: fc
        .record({
          match: matches(person),
          values,
          restates: fc.boolean(),
          minute: fc.integer({ min: 0, max: 5 }),
          sequence: fc.option(fc.constantFrom('7', '12', '012', '340282366920938463463374607431768211456')),
          source: fc.constantFrom('direct', 'hubspot'),
        })
        .map(({ match, values: given, restates, minute, sequence, source }) =>
          aChange({
            match,
            ...(restates ? { restate: given } : { set: given }),
            occurredAt: MORNING + minute * 60_000,
            ...(sequence !== null && { sequence }),
            source,
          }),
        ),
    }),
  )

const fault: fc.Arbitrary<FaultInput> = fc.record({
  match: fc.constantFrom({ method: 'PATCH' }, { method: 'GET' }, {}),
  times: fc.integer({ min: 1, max: 3 }),
  answer: fc.constantFrom(
    { reset: true as const },
    { appliedButLost: true as const },
    { garbage: true as const },
    { hang: true as const },
    { applyAfterMs: 20_000 },
    { applyAfterMs: 55_000 },
    { status: 429, retryAfter: 3 },
    { status: 502 },
    { status: 503 },
    { status: 401 },
    {
      status: 500,
      body: '{"code":500,"message":"Oops. Something went wrong. Check your URI and try again."}',
    },
  ),
})

const history = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 14 }),
  // Places in the list of changes that are sent once more, by another message.
  again: fc.array(fc.nat(), { maxLength: 4 }),
  faults: fc.array(fault, { maxLength: 6 }),
  // Everything left to chance while it runs: sizes of messages and batches, order, who works what.
  chances: fc.infiniteStream(fc.nat({ max: 1_000_000 })),
  verify: fc.constantFrom('never', 'always'),
})

type History = typeof history extends fc.Arbitrary<infer Shape> ? Shape : never

const shuffled = <Item>(items: readonly Item[], chance: () => number): readonly Item[] =>
  items
    .map((item) => [chance(), item] as const)
    .toSorted(([left], [right]) => left - right)
    .map(([, item]) => item)

/** With the seventh a change that happened to be in hand each time would rightly be parked, as `crashed`. */
const MOST_DEATHS = 6

const live = async (
  simulation: Simulation,
  { changes, again, chances }: Omit<History, 'faults'>,
): Promise<readonly SQSRecord[]> => {
  const chance = () => chances.next().value ?? 0
  const sent = [...changes, ...again.flatMap((place) => changes[place % changes.length] ?? [])]
  // Accept puts changes of one first match entry of one delivery into one message; here any such grouping may occur.
  // Several messages of one group in one batch too, which AWS hands out and the local queue does not.
  const byEntry = Map.groupBy(sent, ({ change: { match } }) => JSON.stringify([match[0], chance() % 3]))
  const records = [...byEntry.values()].map((members) =>
    aRecord(shuffled(members, chance).map(({ change: one }, index) => ({ ...one, index }))),
  )
  // Clocks differ by up to two seconds, and any worker may end in the middle of anything and be followed by another.
  let mortals = 0
  const start = (): Worker => {
    mortals += 1
    const diesAt = mortals <= MOST_DEATHS ? 1 + (chance() % 90) : Number.POSITIVE_INFINITY
    return startMortalWorker(simulation, diesAt, (chance() % 3) * 1000 - 1000)
  }
  const workers = [start(), start(), start()]
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
    sideBySide: 3,
  })
  // What was sent and never answered may still land.
  await simulation.time.pass(120_000)
  return records
}

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

type Profiles = ReturnType<Simulation['campaign']['profiles']>

const profileOf = (profiles: Profiles, person: string): Record<string, unknown> => {
  const profile = profiles.find((one) => one['email'] === `${person}@example.com`) ?? {}
  const { location } = profile
  const nested = typeof location === 'object' && location !== null ? Object.entries(location) : []
  return { ...profile, ...Object.fromEntries(nested.map(([name, value]) => [`location.${name}`, value])) }
}

it('ends every profile as the model does, whatever order, duplicates, batches, refusals, lost answers, late writes and deaths', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ faults, ...given }) => {
      const simulation = startSimulation({
        settings: { emailMatch: 'ignoreCase', customFields: { cusTier: null } },
        environment: { VERIFY: given.verify },
        refusesSends: () => (given.chances.next().value ?? 0) % 3 === 0,
      })
      const known = (person: Person) => ({ email: `${person}@example.com`, phone: 'as it was' })
      simulation.campaign.addProfiles([
        ...PEOPLE.map((person) => ({ cusCrmId: `crm-${person}`, ...known(person) })),
        ...PEOPLE_BY_EMAIL.map(known),
      ])
      simulation.campaign.addFaults(faults)
      const sent = await live(simulation, given)
      const isRefused = ({ set, restate }: Change) => 'cusTier' in set || 'cusTier' in restate
      const profiles = simulation.campaign.profiles()
      for (const person of [...PEOPLE, ...PEOPLE_BY_EMAIL]) {
        const own = given.changes.filter((one) => one.person === person).map((one) => one.change)
        const expected = { phone: 'as it was', ...expectedValues(own.filter((one) => !isRefused(one))) }
        expect(profileOf(profiles, person)).toMatchObject(expected)
      }
      const parked = simulation.parked.map(({ MessageBody }) => JSON.parse(MessageBody).changes[0].id)
      const refused = given.changes.map((one) => one.change).filter(isRefused)
      expect(new Set(parked)).toEqual(new Set(refused.map(({ id }) => id)))
      expect(unended(simulation, sent)).toEqual([])
    }),
    {
      numRuns: Number(process.env['HISTORIES'] ?? 700),
      seed: Number(process.env['SEED'] ?? 20261122),
      endOnFailure: false,
    },
  )
}, 170_000)
