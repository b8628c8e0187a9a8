// Any history of opt-ins and opt-outs, ours and those made in Campaign itself, in both lanes, with duplicates, any order,
// lost answers, late writes and deaths: a flag is open only where the latest word opens it.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Change, MatchEntry } from '../../functions/change/change.ts'
import { clockOf } from '../../functions/change/clock.ts'
import type { FaultInput } from '../../infra/local/campaign/faults.ts'
import { startMortalWorker, type Worker } from '../support/mortal-worker.ts'
import { onThePage } from '../support/page.ts'
import { drain } from '../support/queue.ts'
import { aChange, aRecord } from '../support/records.ts'
import { seeded } from '../support/seeded.ts'
import { startSimulation } from '../support/simulation.ts'

const FLAGS = ['blackListEmail', 'ccpaOptOut'] as const
type Flag = (typeof FLAGS)[number]
/** Longer than anything that was sent may take to land. */
const QUIET_MILLISECONDS = 120_000

const byKey: MatchEntry = { attribute: 'cusCrmId', value: 'ada' }
const byEmail: MatchEntry = { attribute: 'email', value: 'ada@example.com' }

const word = fc.record({
  match: fc.constantFrom<readonly [MatchEntry, ...MatchEntry[]]>([byKey], [byEmail]),
  // Mostly one of them: what matters is one word after another.
  flag: fc.constantFrom<Flag>(FLAGS[0], FLAGS[0], FLAGS[0], FLAGS[1]),
  closes: fc.boolean(),
  // After which of the page's words so far it was said, and how soon: ties occur.
  after: fc.nat(),
  soon: fc.integer({ min: 1, max: 9 }),
  phone: fc.boolean(),
})
const fault: fc.Arbitrary<FaultInput> = fc.record({
  match: fc.constantFrom({ method: 'PATCH' }, { method: 'PATCH' }, { method: 'GET' }, {}),
  times: fc.integer({ min: 1, max: 2 }),
  answer: fc.constantFrom(
    { reset: true as const },
    { appliedButLost: true as const },
    { garbage: true as const },
    { hang: true as const },
    { applyAfterMs: 55_000 },
    { status: 503 },
  ),
})
const phase = fc.record({
  words: fc.array(word, { maxLength: 6 }),
  // Earlier words that come once more.
  again: fc.array(fc.nat(), { maxLength: 2 }),
  faults: fc.array(fault, { maxLength: 4 }),
  page: fc.option(fc.record({ flag: fc.constantFrom(...FLAGS), closes: fc.boolean() })),
})

/** What stands of one flag, by the rule alone: is it closed, by whose word, and the latest word of ours. */
type Standing = { isClosed: boolean; closedThereAt?: number | undefined; clock: string }

const onWords = (standing: Standing, changes: readonly Change[], flag: Flag): void => {
  const clocked = changes.flatMap((one) => {
    const value = one.set[flag]
    return value === undefined ? [] : [{ value, clock: clockOf(one, flag, value), at: one.occurredAt }]
  })
  const [latest] = clocked.toSorted((left, right) => (left.clock > right.clock ? -1 : 1))
  if (!latest || latest.clock <= standing.clock) return
  standing.clock = latest.clock
  if (latest.value === true && !standing.isClosed)
    Object.assign(standing, { isClosed: true, closedThereAt: undefined })
  const { closedThereAt } = standing
  if (latest.value === false && (closedThereAt === undefined || latest.at > closedThereAt))
    Object.assign(standing, { isClosed: false, closedThereAt: undefined })
}

const MOST_DEATHS = 6

const { settings, timeout } = seeded('histories of consent', { tries: 25 })

it(
  'leaves every flag as the rule has it, and never opens one that was closed in Campaign later',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(phase, { minLength: 1, maxLength: 3 }),
        fc.infiniteStream(fc.nat({ max: 1_000_000 })),
        fc.constantFrom('never', 'always'),
        fc.constantFrom('standard' as const, 'v8' as const),
        async (phases, chances, verify, dialect) => {
          const chance = () => chances.next().value ?? 0
          const simulation = startSimulation({
            settings: { dialect },
            environment: { VERIFY: verify, CAMPAIGN_DIALECT: dialect },
            refusesSends: () => chance() % 4 === 0,
          })
          const { campaign, time } = simulation
          campaign.addProfiles([{ cusCrmId: byKey.value, email: byEmail.value }])
          const isClosed = (flag: Flag) => campaign.profiles()[0]?.[flag] === true
          const standings = new Map(
            FLAGS.map((flag): [Flag, Standing] => [flag, { isClosed: false, clock: '' }]),
          )
          const said: Change[] = []
          const pageTimes = [time.now()]

          // Whatever comes of it later: no write of ours opens what was closed in Campaign after every opt-in so far.
          const wrongly: string[] = []
          const handle = campaign.handle
          campaign.handle = async (request) => {
            const before = FLAGS.filter(isClosed)
            const answer = await handle(request)
            for (const flag of before.filter((one) => !isClosed(one))) {
              const { closedThereAt = 0 } = standings.get(flag) ?? {}
              if (!said.some(({ set, occurredAt }) => set[flag] === false && occurredAt > closedThereAt))
                wrongly.push(flag)
            }
            return answer
          }

          const shuffled = <Item>(items: readonly Item[]): readonly Item[] =>
            items
              .map((item) => [chance(), item] as const)
              .toSorted(([left], [right]) => left - right)
              .map(([, item]) => item)
          let deaths = 0
          const start = () => {
            // A change that five workers die of alone is put aside, and that is another test's.
            deaths += 1
            return startMortalWorker(
              simulation,
              deaths > MOST_DEATHS ? Number.POSITIVE_INFINITY : 1 + (chance() % 60),
            )
          }
          const workers: Worker[] = [start(), start()]

          for (const { words, again, faults, page } of phases) {
            const fresh = words.map(({ match, flag, closes, after, soon, phone }) =>
              aChange({
                match,
                set: { [flag]: closes, ...(phone && { phone: String(soon) }) },
                occurredAt: (pageTimes[after % pageTimes.length] ?? 0) + soon,
              }),
            )
            said.push(...fresh)
            const sent = [...fresh, ...again.flatMap((place) => said[place % said.length] ?? [])]
            campaign.setFaults(faults)
            // One of them may have come by the other lane: moved there, or sent before this one was.
            const records = sent.map((one) =>
              aRecord([one], { lane: chance() % 4 > 0 ? 'consent' : 'changes' }),
            )
            await drain(simulation, shuffled(records), {
              pick: (count) =>
                shuffled(Array.from({ length: count }, (_, place) => place)).slice(0, 1 + (chance() % 3)),
              worker: () => {
                const place = chance() % workers.length
                const standing = workers[place]
                const worker = standing && !standing.isDead() ? standing : start()
                workers[place] = worker
                return worker
              },
              sideBySide: 1 + (chance() % 2),
            })
            campaign.setFaults([])
            await time.pass(QUIET_MILLISECONDS)
            for (const [flag, standing] of standings) onWords(standing, sent, flag)
            const shown = () => FLAGS.map((flag) => [flag, isClosed(flag)])
            expect(shown()).toEqual([...standings].map(([flag, standing]) => [flag, standing.isClosed]))

            if (!page) continue
            await onThePage({ campaign: { ...campaign, handle } }, byKey.value, { [page.flag]: page.closes })
            const closedThereAt = page.closes ? time.now() : undefined
            const standing = standings.get(page.flag)
            // What changes nothing leaves no trace in Campaign.
            if (standing && standing.isClosed !== page.closes)
              Object.assign(standing, { isClosed: page.closes, closedThereAt })
            pageTimes.push(time.now())
            await time.pass(QUIET_MILLISECONDS)
          }
          expect(wrongly).toEqual([])
          expect(simulation.parked).toEqual([])
        },
      ),
      settings,
    )
  },
  timeout,
)
