// What observing tells is what applying does: the same changes, observed in one copy of a world and applied in the other.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Change, MatchEntry } from '../../functions/change/change.ts'
import type { Outcome } from '../../functions/change/outcome.ts'
import type { Deliver } from '../../functions/deliver/deliver.ts'
import { INVOCATION_MILLISECONDS } from '../../functions/deliver/invocation.ts'
import { mappings } from '../support/mappings.ts'
import { asUser } from '../support/page.ts'
import { aChange } from '../support/records.ts'
import { seeded } from '../support/seeded.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const PEOPLE = ['ada', 'bob'] as const
type Person = (typeof PEOPLE)[number]
const entryOf = (person: Person, by: string): MatchEntry =>
  by === 'key'
    ? { attribute: 'cusCrmId', value: `crm-${person}` }
    : by === 'email'
      ? { attribute: 'email', value: `${person}@example.com` }
      : { attribute: 'cusLoyaltyId', value: `L-${person}` }

const profile = fc.record({
  key: fc.boolean(),
  email: fc.boolean(),
  isTwice: fc.constantFrom(false, false, false, true),
  phone: fc.constantFrom('', '1'),
  lastName: fc.constantFrom('', 'Łódź'),
  blackListEmail: fc.boolean(),
})

const values = fc.record(
  {
    phone: fc.constantFrom('1', '2'),
    lastName: fc.constantFrom('Łódź', 'Nowak'),
    email: fc.constantFrom('ada@example.com', 'new@example.com'),
    'location.city': fc.constantFrom('Kraków', ''),
    orgUnit: fc.constantFrom('rome', 'Rome', 'oslo'),
    blackListEmail: fc.boolean(),
    ccpaOptOut: fc.constant(true),
  },
  { requiredKeys: [] },
)

const given = fc.record({
  /** Of one match list: what becomes of others in the same batch observing cannot know. */
  person: fc.constantFrom(...PEOPLE),
  by: fc.uniqueArray(fc.constantFrom('key', 'email', 'loyaltyId'), { minLength: 1, maxLength: 3 }),
  /** Whom the last entry names, where it names somebody else. */
  mixed: fc.constantFrom(false, false, false, true),
})
const what = fc.record({
  action: fc.constantFrom<Change['action'][]>('update', 'update', 'upsert', 'delete'),
  values,
  restates: fc.boolean(),
  isDeletion: fc.constantFrom(undefined, undefined, true as const),
  minute: fc.integer({ min: -8, max: 0 }),
})
type Given = typeof given extends fc.Arbitrary<infer Shape> ? Shape : never
type What = typeof what extends fc.Arbitrary<infer Shape> ? Shape : never

const world = fc.record({
  profiles: fc.record({ ada: fc.option(profile), bob: fc.option(profile) }),
  history: fc.array(fc.tuple(given, what), { maxLength: 4 }),
  /** Whom somebody deletes in Campaign after that. */
  deleted: fc.constantFrom<(Person | undefined)[]>(undefined, undefined, ...PEOPLE),
  unmatched: fc.constantFrom('wait', 'park', 'create'),
  orgUnit: fc.constantFrom(undefined, undefined, 'rome', 'oslo'),
})
type World = typeof world extends fc.Arbitrary<infer Shape> ? Shape : never

const matchOf = ({ person, by, mixed }: Given): Change['match'] => {
  const entries = by.map((one) => entryOf(person, one))
  const other = person === 'ada' ? 'bob' : 'ada'
  const last = by.at(-1) ?? 'key'
  return [
    ...(mixed ? [...entries.slice(0, -1), entryOf(other, last)] : entries),
  ] as unknown as Change['match']
}
const toChange = (
  one: Given,
  { action, values: set, restates, isDeletion, minute }: What,
  place: number,
  now: number,
) =>
  aChange({
    id: `evt_${place}`,
    index: place,
    action,
    match: matchOf(one),
    ...(action === 'delete' ? {} : restates && set.blackListEmail !== false ? { restate: set } : { set }),
    ...(isDeletion && action === 'update' && { isDeletion }),
    occurredAt: now + minute * 60_000,
  })

const work = async (simulation: Simulation, worker: Deliver, changes: readonly Change[]) => {
  const now = simulation.time.now()
  const request = { receipt: 'r', receivedAt: now, deadline: now + 20_000, changes }
  const answer = await simulation.time.run(
    worker(request, { getRemainingTimeInMillis: () => INVOCATION_MILLISECONDS }),
  )
  if (!('results' in answer)) throw new Error('a direct invocation is answered with its results')
  return answer.results
}

/** The world after its history, as often as it is wanted. */
const live = async ({ profiles, history, deleted, unmatched, orgUnit }: World, start: number) => {
  const filters = { cusLoyaltyId: { name: 'byLoyaltyId', parameter: 'id' } }
  const simulation = startSimulation({
    start,
    settings: {
      filters: { byLoyaltyId: { attribute: 'cusLoyaltyId', parameter: 'id' } },
      orgUnits: [{ name: 'rome', label: 'Rome' }],
    },
    environment: { VERIFY: 'always', UNMATCHED: unmatched },
    mappings: {
      ...mappings,
      owners: { lastName: 'fill' },
      filters,
      ...(orgUnit !== undefined && { orgUnit }),
    },
  })
  for (const person of PEOPLE) {
    const one = profiles[person]
    if (!one) continue
    const { key, email, isTwice, ...attributes } = one
    const made = {
      ...attributes,
      cusLoyaltyId: entryOf(person, 'loyaltyId').value,
      ...(email && { email: entryOf(person, 'email').value }),
    }
    simulation.campaign.addProfiles([{ ...made, ...(key && { cusCrmId: entryOf(person, 'key').value }) }])
    if (isTwice) simulation.campaign.addProfiles([made])
  }
  for (const [place, [one, said]] of history.entries())
    await work(simulation, simulation.startWorker(), [toChange(one, said, place, simulation.time.now())])
  const gone = simulation.campaign.profiles().find(({ cusLoyaltyId }) => cusLoyaltyId === `L-${deleted}`)
  if (gone) await asUser(simulation, 'DELETE', String(gone['PKey']))
  return simulation
}

const told = (outcome: Outcome): readonly unknown[] => {
  if (outcome.outcome === 'observed') return [outcome.code, outcome.changed.toSorted()]
  // In the lane of consent what nobody matches goes on to the other first.
  if (outcome.outcome === 'deferred' && outcome.code !== 'sent-on') return [outcome.outcome, outcome.code]
  return [outcome.outcome, 'changed' in outcome ? outcome.changed.toSorted() : []]
}
const untold = (outcome: Outcome) => outcome.outcome === 'deferred' && outcome.code === 'sent-on'

/**
 * Of several changes those that are worked as one: what another of the batch has made, completed or deleted before, who
 * observes cannot find.
 */
const together = ({ by }: Given, said: readonly What[]): readonly What[] => {
  const [first] = said
  const isOne = first?.action === 'update' ? !first.isDeletion : first?.action === 'upsert' && by.length > 1
  const isAlike = (each: What) => each === first || (each.action === first?.action && !each.isDeletion)
  return isOne ? said.filter(isAlike) : said.slice(0, 1)
}

const { settings, timeout } = seeded('worlds that are observed and applied', { tries: 60 })

it(
  'the end of every change, and the attributes that it would write',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        world,
        given,
        fc.array(what, { minLength: 1, maxLength: 3 }),
        async (before, one, said) => {
          const start = Date.now()
          const [observed, applied] = [await live(before, start), await live(before, start)]
          const changes = together(one, said).map((each, place) =>
            toChange(one, each, 10 + place, observed.time.now()),
          )
          const asked = observed.campaign.requests().length
          const looked = await work(
            observed,
            observed.startWorker(undefined, { environment: { MODE: 'observe' } }),
            changes,
          )
          const done = await work(applied, applied.startWorker(), changes)
          const methods = observed.campaign
            .requests()
            .slice(asked)
            .filter(({ path }) => !path.startsWith('/ims'))
          expect(new Set(methods.map(({ method }) => method))).not.toContain('PATCH')
          expect(looked.filter((_, place) => !untold(done[place] as Outcome)).map(told)).toEqual(
            done.filter((outcome) => !untold(outcome)).map(told),
          )
        },
      ),
      settings,
    )
  },
  timeout,
)
