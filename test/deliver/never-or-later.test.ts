// A refusal is parked after one attempt; an outage is waited for, however long, and parks nothing.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson, type Person } from '../support/person.ts'
import { aChange, aRecord } from '../support/records.ts'

describe.each(['standard', 'v8'] as const)('at a Campaign of the dialect %s', (dialect) => {
  let delivery: Delivery
  let ada: Person
  beforeEach(async () => {
    delivery = await startDelivery({ environment: { CAMPAIGN_DIALECT: dialect } })
    // An attribute that the product lets through and this instance does not let be written.
    delivery.campaign.settings({ dialect, readOnly: ['fax'] })
    ada = aPerson(delivery)
  })
  afterEach(() => delivery[Symbol.asyncDispose]())

  const records = (set: Record<string, string>, receives = 1) => [
    aRecord([aChange({ match: [ada.key], set })], { receives, receivedAt: Date.now() }),
  ]
  const parked = async () => (await delivery.standIns.queueCounts()).parked
  const ends = () =>
    delivery.log.lines
      .filter(({ message }) => message === 'change.delivered')
      .map(({ outcome, code, engineCalls }) => [outcome, code, engineCalls])

  it('a read-only attribute is parked after one attempt, and Campaign has seen exactly one PATCH', async () => {
    expect(await delivery.deliverBatch(records({ fax: '1' }))).toEqual({ batchItemFailures: [] })
    expect(ends()).toEqual([['parked', 'attribute-read-only', 1]])
    expect(await parked()).toEqual({ 'attribute-read-only': 1 })
    expect(ada.requests().map(({ method }) => method)).toEqual(['PATCH'])
    expect(ada.profile()['fax']).toBe('')
  })

  it('a 503 is deferred and nothing is parked, at the first attempt and at the hundredth', async () => {
    delivery.campaign.addFaults([{ match: { method: 'PATCH' }, times: 2, answer: { status: 503 } }])
    for (const receives of [1, 100]) {
      const { batchItemFailures } = await delivery.deliverBatch(records({ phone: '1' }, receives))
      expect(batchItemFailures).toHaveLength(1)
    }
    expect(ends()).toEqual([
      ['deferred', 'unavailable', 1],
      ['deferred', 'unavailable', 1],
    ])
    expect(await parked()).toEqual({})

    expect(await delivery.deliverBatch(records({ phone: '1' }, 101))).toEqual({ batchItemFailures: [] })
    expect(ada.profile()['phone']).toBe('1')
    expect(await parked()).toEqual({})
  })
})
