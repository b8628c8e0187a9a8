// Whatever becomes of them meanwhile, changes that wait for a profile reach it when it appears, and are put aside when it
// never does.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Change } from '../../functions/change/change.ts'
import type { Outcome } from '../../functions/change/outcome.ts'
import { expectedValues } from '../support/model.ts'
import { startMortalWorker } from '../support/mortal-worker.ts'
import { drain } from '../support/queue.ts'
import { aChange, aRecord } from '../support/records.ts'
import { seeded } from '../support/seeded.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const MORNING = Date.parse('2026-11-22T08:00:00.000Z')
const HOUR = 3_600_000
const MOST_DEATHS = 6
const keyOf = (person: string) => ({ attribute: 'cusCrmId', value: `crm-${person}` })
const emailOf = (person: string) => ({ attribute: 'email', value: `${person}@example.com` })

const change = fc
  .record({
    person: fc.constantFrom('ivy', 'zoe'),
    isByKey: fc.boolean(),
    minute: fc.integer({ min: 0, max: 5 }),
    set: fc
      .record(
        {
          phone: fc.constantFrom('1', '2', '3'),
          firstName: fc.constantFrom('A', 'B'),
          blackListEmail: fc.constant(true),
        },
        { requiredKeys: [] },
      )
      .filter((values) => Object.keys(values).length > 0),
  })
  .map(({ person, isByKey, minute, set }) => ({
    person,
    change: aChange({
      match: isByKey ? [keyOf(person), emailOf(person)] : [emailOf(person)],
      set,
      occurredAt: MORNING + minute * 60_000,
    }),
  }))

const outcomesOf = (simulation: Simulation, { id }: Change): readonly unknown[] =>
  simulation.log.lines.filter((line) => line['changeId'] === id).map((line) => line['outcome'])
const isEnd = (outcome: unknown) =>
  !(['waiting', 'deferred'] satisfies Outcome['outcome'][]).some((one) => one === outcome)

const { settings, timeout } = seeded('histories of waiting', { tries: 25 })

it(
  'reaches the profile that appears, and is put aside with its reason where none ever does',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 60 }),
        fc.infiniteStream(fc.nat({ max: 1_000_000 })),
        async (changes, appearsAfterHours, chances) => {
          const chance = () => chances.next().value ?? 0
          const simulation = startSimulation({ refusesSends: () => chance() % 4 === 0 })
          const { time, campaign } = simulation
          void time
            .sleep(appearsAfterHours * HOUR)
            .then(() => campaign.addProfiles([{ cusCrmId: 'crm-ivy', email: 'ivy@example.com' }]))
          const receivedAt = time.now()
          const records = changes.map(({ change: one }) => aRecord([one], { receivedAt }))
          let deaths = 0
          const start = () => {
            // A change that five workers die of alone is put aside, and that is another test's.
            deaths += 1
            return startMortalWorker(
              simulation,
              deaths > MOST_DEATHS ? Number.POSITIVE_INFINITY : 1 + (chance() % 60),
            )
          }
          let worker = start()
          await drain(simulation, records, {
            pick: (count) => Array.from({ length: 1 + (chance() % count) }, (_, place) => place),
            worker: () => {
              if (worker.isDead()) worker = start()
              return worker
            },
            sideBySide: 1,
            // Seldom, so that twelve days are soon over.
            moverMilliseconds: 20 * HOUR,
          })
          const ivys = changes.filter(({ person }) => person === 'ivy').map((one) => one.change)
          const zoes = changes.filter(({ person }) => person === 'zoe').map((one) => one.change)
          const expected = { cusCrmId: 'crm-ivy', ...expectedValues(ivys) }
          expect(campaign.profiles()).toMatchObject([expected])
          const parked = simulation.parked.map(({ MessageBody }) => JSON.parse(MessageBody))
          expect(new Set(parked.map((one) => `${one.changes[0].id} ${one.parked.code}`))).toEqual(
            new Set(zoes.map(({ id, set }) => `${id} ${'blackListEmail' in set ? 'expired' : 'unmatched'}`)),
          )
          for (const { change: one } of changes) expect(outcomesOf(simulation, one).some(isEnd)).toBe(true)
        },
      ),
      settings,
    )
  },
  timeout,
)
