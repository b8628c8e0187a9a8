// Creators of one person who meet in every way: one profile, with what they and those after them say in it.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Change, MatchEntry } from '../../functions/change/change.ts'
import type { Deliver } from '../../functions/deliver/deliver.ts'
import type { Around } from '../support/in-memory-aws.ts'
import { expectedValues } from '../support/model.ts'
import type { Worker } from '../support/mortal-worker.ts'
import { drain } from '../support/queue.ts'
import { aChange, aRecord } from '../support/records.ts'
import { seeded } from '../support/seeded.ts'
import { startSimulation } from '../support/simulation.ts'

const MORNING = Date.parse('2026-11-22T08:00:00.000Z')
const key: MatchEntry = { attribute: 'cusCrmId', value: 'crm-ada' }
const email: MatchEntry = { attribute: 'email', value: 'ada@example.com' }
type Match = Change['match']

// Who knows her key alone cannot know that she is the one with the email: that makes two, and is claimed nowhere.
const CREATING: readonly Match[] = [[key, email], [email], [email, key]]
// By her email she is found from the first creation on, by her key once somebody has filled it.
const MEANWHILE: readonly Match[] = [[email], [email, key], [key, email]]
const LATER: readonly Match[] = [[key], [email], [key, email]]

const values = fc
  .record(
    { phone: fc.constantFrom('1', '2', '3'), fax: fc.constantFrom('4', '5'), firstName: fc.constant('Ada') },
    { requiredKeys: [] },
  )
  .filter((given) => Object.keys(given).length > 0)

const changeBy = (matches: readonly Match[], action: 'upsert' | 'update') =>
  fc
    .record({ match: fc.constantFrom(...matches), set: values, minute: fc.integer({ min: 0, max: 4 }) })
    .map(({ minute, ...given }) => aChange({ ...given, action, occurredAt: MORNING + minute * 60_000 }))

const immortal = (deliver: Deliver): Worker => ({
  deliver,
  death: new Promise(() => {}),
  isDead: () => false,
  points: () => 0,
})

const meeting = fc.record({
  creators: fc
    .array(changeBy(CREATING, 'upsert'), { minLength: 2, maxLength: 3 })
    // Otherwise nobody says which key goes with the email.
    .filter((changes) => changes.some(({ match }) => match.length > 1)),
  // How many of the creators are there before the others come, and who else comes with those.
  before: fc.integer({ min: 0, max: 2 }),
  meanwhile: fc.array(changeBy(MEANWHILE, 'update'), { maxLength: 3 }),
  later: fc.array(changeBy(LATER, 'update'), { maxLength: 3 }),
  slowest: fc.constantFrom(1, 20, 100, 400),
  chances: fc.infiniteStream(fc.nat({ max: 1_000_000 })),
  dialect: fc.constantFrom('standard' as const, 'v8' as const),
  verify: fc.constantFrom('never', 'always'),
})

const { settings, timeout } = seeded('meetings of creators', { tries: 60 })

it(
  'makes one profile of two or three creators at once, with every change in it and those that come later',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        meeting,
        async ({ creators, before, meanwhile, later, slowest, chances, dialect, verify }) => {
          const chance = (below: number) => (chances.next().value ?? 0) % below
          const simulation = startSimulation({
            settings: { dialect },
            environment: { VERIFY: verify, CAMPAIGN_DIALECT: dialect },
          })
          const slow: Around = async (call) => {
            await simulation.time.sleep(chance(slowest))
            const result = await call()
            await simulation.time.sleep(chance(slowest))
            return result
          }
          const workers = [1, 2, 3].map(() => immortal(simulation.startWorker(slow)))
          const work = (changes: readonly Change[]) =>
            drain(
              simulation,
              changes.map((change) => aRecord([change])),
              {
                pick: () => [0],
                worker: () => workers[chance(3)] ?? immortal(simulation.startWorker(slow)),
                sideBySide: 3,
              },
            )
          const first = creators.slice(0, before)
          const among = first.length > 0 ? meanwhile : []
          await work(first)
          await work([...among, ...creators.slice(before)].toSorted(() => chance(2) - 0.5))
          await work(later)
          const profiles = simulation.campaign.profiles()
          expect(profiles).toHaveLength(1)
          expect(profiles[0]).toMatchObject({
            cusCrmId: key.value,
            email: email.value,
            ...expectedValues([...creators, ...among, ...later]),
          })
          expect(simulation.parked).toEqual([])
        },
      ),
      settings,
    )
  },
  timeout,
)
