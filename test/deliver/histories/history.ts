// What may happen to a few people: changes however they are named and said, sent again, and what goes wrong meanwhile.
import fc from 'fast-check'
import type { Change, MatchEntry, Values } from '../../../functions/change/change.ts'
import type { FaultInput } from '../../../infra/local/campaign/faults.ts'
import { aChange } from '../../support/records.ts'

const MORNING = Date.parse('2026-11-22T08:00:00.000Z')

// Noa has no business key yet; a key that leads nowhere is tried and the email decides.
export const PEOPLE = ['ada', 'bob', 'eve', 'noa'] as const
export type Person = (typeof PEOPLE)[number]
export const hasKey = (person: Person): boolean => person !== 'noa'

const key = (person: Person): MatchEntry => ({ attribute: 'cusCrmId', value: `crm-${person}` })
const email = (person: Person): MatchEntry => ({
  attribute: 'email',
  value: `${person.toUpperCase()}@Example.com`,
})
const unknownKey: MatchEntry = { attribute: 'cusCrmId', value: 'crm-nobody' }

// However a change names its person: a business key is taken at its word, an email is looked up, a list is walked.
const matches = (person: Person): fc.Arbitrary<Change['match']> =>
  hasKey(person)
    ? fc.constantFrom(
        [key(person)],
        [email(person)],
        [key(person), email(person)],
        [email(person), key(person)],
      )
    : fc.constantFrom([email(person)], [unknownKey, email(person)])

const taken = (flags: fc.Arbitrary<boolean>) =>
  fc
    .record(
      {
        phone: fc.constantFrom('1', '2', '3'),
        firstName: fc.constantFrom('A', 'B'),
        'location.city': fc.constantFrom('Turin', 'Łódź', ''),
        cusScore: fc.integer({ min: 0, max: 9 }),
        blackListEmail: flags,
      },
      { requiredKeys: [] },
    )
    .filter((given) => Object.keys(given).length > 0)

// One change in six holds what is declared, but not published on this instance: refused, and all of its change with it.
const values = (flags: fc.Arbitrary<boolean>) =>
  fc
    .tuple(taken(flags), fc.nat({ max: 5 }))
    .map(([given, chance]) => (chance === 0 ? { ...given, cusTier: 'gold' } : given))

export const isRefused = ({ set, restate }: Change): boolean => 'cusTier' in set || 'cusTier' in restate

/** Nobody opts in by what is merely repeated: accept drops that. */
const asRestated = (given: Values): Values => ({
  ...given,
  ...('blackListEmail' in given && { blackListEmail: true }),
})

/** A change and whom it is about. */
export type Said = { readonly person: Person; readonly change: Change }

const said = (people: readonly Person[], flags: fc.Arbitrary<boolean>): fc.Arbitrary<Said> =>
  fc
    .constantFrom(...people)
    .chain((person) =>
      fc.record({
        person: fc.constant(person),
        match: matches(person),
        given: values(flags),
        restates: fc.boolean(),
        minute: fc.integer({ min: 0, max: 5 }),
        sequence: fc.option(fc.constantFrom('7', '12', '012', '340282366920938463463374607431768211456')),
        source: fc.constantFrom('direct', 'hubspot'),
      }),
    )
    .map(({ person, match, given, restates, minute, sequence, source }) => ({
      person,
      change: aChange({
        match,
        ...(restates ? { restate: asRestated(given) } : { set: given }),
        occurredAt: MORNING + minute * 60_000,
        ...(sequence !== null && { sequence }),
        source,
      }),
    }))

const fault = (mostTimes: number): fc.Arbitrary<FaultInput> =>
  fc.record({
    match: fc.constantFrom({ method: 'PATCH' }, { method: 'GET' }, {}),
    times: fc.integer({ min: 1, max: mostTimes }),
    answer: fc.constantFrom<FaultInput['answer'][]>(
      { reset: true },
      { appliedButLost: true },
      { garbage: true },
      { hang: true },
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

type Size = {
  readonly people: fc.Arbitrary<readonly Person[]>
  readonly mostChanges: number
  readonly mostAgain: number
  readonly mostFaults: number
  readonly mostTimes: number
  readonly mostWorkers: number
  readonly mostDeaths: number
}

const ofSize = ({ people, mostChanges, mostAgain, mostFaults, mostTimes, mostWorkers, mostDeaths }: Size) =>
  fc.tuple(people, fc.boolean()).chain(([some, isSkewed]) =>
    fc.record({
      people: fc.constant(some),
      // Whether workers' clocks differ from Campaign's: then our own opt-out may be taken for Campaign's, and an opt-in stays
      // out that clocks alone would let in. Both are told apart in deliver/opt-in.
      isSkewed: fc.constant(isSkewed),
      changes: fc.array(said(some, isSkewed ? fc.constant(true) : fc.boolean()), {
        minLength: 1,
        maxLength: mostChanges,
      }),
      // Places in the list of changes that are sent once more, by another message.
      again: fc.array(fc.nat(), { maxLength: mostAgain }),
      faults: fc.array(fault(mostTimes), { maxLength: mostFaults }),
      workers: fc.integer({ min: 1, max: mostWorkers }),
      // How many points each worker gets to, one after the other; those that follow live on.
      deaths: fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: mostDeaths }),
      // Everything left to chance while it runs: sizes of messages and batches, order, who works what.
      chances: fc.infiniteStream(fc.nat({ max: 1_000_000 })),
      verify: fc.constantFrom('never', 'always'),
    }),
  )

const tiny = ofSize({
  people: fc.shuffledSubarray([...PEOPLE], { minLength: 1, maxLength: 1 }),
  mostChanges: 4,
  mostAgain: 1,
  mostFaults: 1,
  mostTimes: 1,
  mostWorkers: 2,
  mostDeaths: 1,
})

const few = ofSize({
  people: fc.shuffledSubarray([...PEOPLE], { minLength: 1, maxLength: 3 }),
  mostChanges: 6,
  mostAgain: 1,
  mostFaults: 2,
  mostTimes: 1,
  mostWorkers: 2,
  mostDeaths: 2,
})

const many = ofSize({
  people: fc.constant(PEOPLE),
  mostChanges: 14,
  mostAgain: 4,
  mostFaults: 6,
  mostTimes: 3,
  mostWorkers: 3,
  // With the seventh a change that happened to be in hand each time would rightly be parked, as `crashed`.
  mostDeaths: 6,
})

/** Mostly small ones, in which most faults show already, and large ones beside them. */
export const history = fc.oneof(
  { weight: 18, arbitrary: tiny },
  { weight: 6, arbitrary: few },
  { weight: 1, arbitrary: many },
)

export type History = typeof history extends fc.Arbitrary<infer Shape> ? Shape : never
