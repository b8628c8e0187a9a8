// One person, created by two workers at the same moment: one profile, whoever is first, and both changes in it.
import { expect, it } from 'vitest'
import type { Change } from '../../functions/change/change.ts'
import type { Deliver } from '../../functions/deliver/deliver.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { expectedValues } from '../support/model.ts'
import { aChange } from '../support/records.ts'

const MORNING = Date.parse('2026-11-22T08:00:00.000Z')

const untilEnded = async (delivery: Delivery, change: Change, worker: Deliver): Promise<string> => {
  for (;;) {
    const [outcome] = await delivery.deliverNow([change], worker)
    if (outcome && outcome.outcome !== 'deferred') return outcome.outcome
  }
}

it.each(['standard', 'v8'] as const)(
  'makes one profile with its key of two creators over HTTP at the same moment, fifty times, whoever is first (%s)',
  async (dialect) => {
    await using delivery = await startDelivery({ environment: { CAMPAIGN_DIALECT: dialect } })
    delivery.campaign.settings({ dialect, latencyMs: 5 })
    const workers = [delivery.startWorker(), delivery.startWorker()] as const
    const meet = async (number: number): Promise<readonly string[]> => {
      const byKey = { attribute: 'cusCrmId', value: `crm-${number}` }
      const byEmail = { attribute: 'email', value: `person-${number}@example.com` }
      const [early, late] = number % 2 === 0 ? [MORNING, MORNING + 1] : [MORNING + 1, MORNING]
      const both = [
        aChange({
          action: 'upsert',
          match: [byKey, byEmail],
          set: { phone: 'by key', fax: '1' },
          occurredAt: early,
        }),
        aChange({
          action: 'upsert',
          match: [byEmail],
          set: { phone: 'by email', firstName: 'A' },
          occurredAt: late,
        }),
      ] as const
      const order = number % 4 < 2 ? ([0, 1] as const) : ([1, 0] as const)
      const ended = await Promise.all(order.map((place) => untilEnded(delivery, both[place], workers[place])))
      const profiles = delivery.campaign.profiles().filter(({ email: held }) => held === byEmail.value)
      expect(profiles).toHaveLength(1)
      expect(profiles[0]).toMatchObject({ cusCrmId: byKey.value, ...expectedValues(both) })
      return order.map((place) => ended[order.indexOf(place)] ?? '')
    }
    const ends = await Promise.all(Array.from({ length: 50 }, (_, number) => meet(number)))
    expect(delivery.campaign.profiles()).toHaveLength(50)
    // Each pair has one maker; both kinds of maker occur.
    expect(ends.map((pair) => pair.toSorted())).toEqual(ends.map(() => ['applied', 'created']))
    expect(new Set(ends.map((pair) => pair.indexOf('created')))).toEqual(new Set([0, 1]))
  },
  30_000,
)
