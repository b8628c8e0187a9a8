// Messages of one group keep their order, and two groups that lead to one profile neither starve nor lose each other.
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Change } from '../../functions/change/change.ts'
import { drainFifo } from '../support/fifo.ts'
import { expectedValues } from '../support/model.ts'
import { startMortalWorker } from '../support/mortal-worker.ts'
import { aChange, aRecord } from '../support/records.ts'
import { seeded } from '../support/seeded.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const MORNING = Date.parse('2026-11-22T08:00:00.000Z')
const keyOf = (key: string) => ({ attribute: 'cusCrmId', value: key })
const adaByEmail = { attribute: 'email', value: 'ada@example.com' }

describe('a batch with several messages of one group', () => {
  let simulation: Simulation
  beforeEach(() => {
    simulation = startSimulation()
    simulation.campaign.addProfiles([{ cusCrmId: 'ada' }, { cusCrmId: 'bob' }, { cusCrmId: 'eve' }])
  })
  const away = (key: string, answer: object = { status: 503 }, times = 1) =>
    simulation.campaign.addFaults([
      {
        match: { method: 'PATCH', path: `/tenant/campaign/profileAndServicesExt/profile/${key}` },
        times,
        answer,
      },
    ])
  const message = (key: string, given: Parameters<typeof aRecord>[1] = {}, set: object = { phone: '1' }) =>
    aRecord([aChange({ match: [keyOf(key)], set: { ...set } })], { group: 'one', ...given })
  const deliver = async (records: readonly ReturnType<typeof aRecord>[]) => {
    const answer = await simulation.time.run(simulation.deliver(simulation.startWorker(), records))
    return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
  }
  const hiddenFor = ({ receiptHandle }: ReturnType<typeof aRecord>) => simulation.hidden.get(receiptHandle)
  const phoneOf = (key: string) =>
    simulation.campaign.profiles().find(({ cusCrmId }) => cusCrmId === key)?.['phone']

  it('lets what stands before the deferred one leave', async () => {
    away('bob')
    const [before, deferred, after] = [message('ada'), message('bob'), message('eve')]
    expect(await deliver([before, deferred, after])).toEqual([deferred.messageId, after.messageId])
    expect(hiddenFor(before)).toBeUndefined()
  })

  it('gives the later ones the deferred one’s delay, though theirs alone would be longer', async () => {
    away('ada')
    away('bob', { status: 429, retryAfter: 700 })
    const [head, later] = [message('ada'), message('bob', { receives: 40, receivedAt: MORNING })]
    await deliver([head, later])
    expect(hiddenFor(later)).toBe(hiddenFor(head))
    expect(hiddenFor(head)).toBeLessThan(3)
  })

  it('works the later ones at once, and ends them as duplicates when they come again', async () => {
    away('ada')
    const [head, later] = [message('ada'), message('bob')]
    await deliver([head, later])
    expect(phoneOf('bob')).toBe('1')
    expect(await deliver([head, later])).toEqual([])
    const outcomes = simulation.log.lines.flatMap((line) =>
      line.message === 'change.delivered' ? [line['outcome']] : [],
    )
    expect(outcomes).toEqual(['deferred', 'applied', 'applied', 'duplicate'])
  })

  it('parks nothing of the later ones before the head has left, and then once', async () => {
    simulation.campaign.settings({ customFields: { cusTier: null } })
    away('ada')
    const [head, refused] = [message('ada'), message('bob', {}, { cusTier: 'gold' })]
    const unreadable = { ...message('eve'), body: '{}' }
    expect(await deliver([head, refused, unreadable])).toHaveLength(3)
    expect(simulation.parked).toEqual([])
    expect(await deliver([head, refused, unreadable])).toEqual([])
    expect(simulation.parked).toHaveLength(2)
  })

  it('holds no other group up, though that leads to the same profile', async () => {
    away('ada')
    const other = aRecord([aChange({ match: [keyOf('bob')], set: { fax: '1' } })], { group: 'two' })
    expect(await deliver([message('ada'), message('bob'), other])).not.toContain(other.messageId)
  })

  it('gives every group its own delay', async () => {
    away('ada', { status: 503, retryAfter: 100 })
    away('bob', { status: 503, retryAfter: 400 })
    const [one, two] = [message('ada'), message('bob', { group: 'two' })]
    const [afterOne, afterTwo] = [message('eve'), message('eve', { group: 'two' })]
    await deliver([one, two, afterOne, afterTwo])
    expect(hiddenFor(afterOne)).toBe(hiddenFor(one))
    expect(hiddenFor(afterTwo)).toBe(hiddenFor(two))
    expect(hiddenFor(two)).toBeGreaterThanOrEqual(400)
  })
})

const contention = fc.record({
  changes: fc.array(
    fc.record({
      isByKey: fc.boolean(),
      minute: fc.integer({ min: 0, max: 3 }),
      set: fc.record(
        { phone: fc.constantFrom('1', '2', '3'), firstName: fc.constantFrom('A', 'B') },
        { requiredKeys: [] },
      ),
    }),
    { minLength: 2, maxLength: 16 },
  ),
  latencyMs: fc.constantFrom(0, 100, 1500),
  unavailable: fc.integer({ min: 0, max: 4 }),
  deaths: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 2 }),
  sizes: fc.infiniteStream(fc.integer({ min: 1, max: 10 })),
})

const { settings, timeout } = seeded('contentions of two keys', { tries: 60 })

it(
  'lets two match keys contend for one profile: nobody starves, nothing is lost, nothing overtakes within a group',
  async () => {
    await fc.assert(
      fc.asyncProperty(contention, async ({ changes, latencyMs, unavailable, deaths, sizes }) => {
        const simulation = startSimulation({ settings: { latencyMs } })
        simulation.campaign.addProfiles([{ cusCrmId: 'ada', email: 'ada@example.com' }])
        simulation.campaign.addFaults(
          unavailable > 0
            ? [{ match: { method: 'PATCH' }, times: unavailable, answer: { status: 503 } }]
            : [],
        )
        const receivedAt = simulation.time.now()
        const sent = changes.map(({ isByKey, minute, set }): Change => {
          const occurredAt = MORNING + minute * 60_000
          return aChange({
            match: [isByKey ? keyOf('ada') : adaByEmail],
            set: { fax: '1', ...set },
            occurredAt,
          })
        })
        const records = sent.map((change) => aRecord([change], { receivedAt }))
        const dying = [...deaths]
        const start = () => startMortalWorker(simulation, dying.pop())
        const left = await drainFifo(simulation, records, {
          workers: [start, start, start],
          batchSize: () => sizes.next().value ?? 1,
        })

        expect(simulation.campaign.profiles()).toMatchObject([expectedValues(sent)])
        // A death costs a lease and a visibility time-out at most; retries of a young change come soon.
        const longest = 300_000 * (1 + deaths.length)
        expect(Math.max(...left.values())).toBeLessThan(longest)

        const groups = Map.groupBy(records, ({ attributes }) => attributes.MessageGroupId)
        for (const members of groups.values()) {
          const leftAt = members.map(({ messageId }) => left.get(messageId) ?? Number.NaN)
          expect(leftAt).toEqual(leftAt.toSorted((one, other) => one - other))
        }
      }),
      settings,
    )
  },
  timeout,
)
