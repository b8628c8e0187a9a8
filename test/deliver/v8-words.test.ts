// What only Campaign v8 says: an answer without a body, and one sentence for almost every refusal.
import { Agent } from 'undici'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { createCampaign } from '../../functions/deliver/campaign/campaign.ts'
import { createSend } from '../../functions/deliver/campaign/transport.ts'
import { realTime } from '../../functions/runtime/time.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson } from '../support/person.ts'
import { readyCredentials } from '../support/ready-token.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { recordedMetrics } from '../support/recorded-metrics.ts'
import { aChange } from '../support/records.ts'

let delivery: Delivery
beforeAll(async () => {
  delivery = await startDelivery({ environment: { CAMPAIGN_DIALECT: 'v8' } })
  delivery.campaign.settings({ dialect: 'v8' })
})
afterAll(() => delivery[Symbol.asyncDispose]())

it('takes the 204 to a PATCH without attributes for a success that names no record', async () => {
  const access = await readyCredentials(delivery)
  const dispatcher = new Agent()
  onTestFinished(() => dispatcher.close())
  const campaign = createCampaign({
    url: delivery.campaignUrl,
    isExtended: true,
    attributes: new Map(),
    unitsWanted: undefined,
    businessKey: 'cusCrmId',
    filters: new Map(),
    timeoutMilliseconds: 5000,
    send: createSend(dispatcher, realTime, 1),
    token: { read: async () => access, renew: async () => access },
    time: realTime,
    log: recordedLog(),
    metrics: recordedMetrics(),
  })
  const { key } = aPerson(delivery)
  const call = { deadline: Date.now() + 5000, count: () => {} }
  const patch = () => campaign.patch({ key: key.value }, {}, call)
  expect(await patch()).toEqual({})
  delivery.campaign.settings({ dialect: 'standard' })
  expect(await patch()).toMatchObject({ PKey: expect.any(String) })
  delivery.campaign.settings({ dialect: 'v8' })
})

it('defers a read-only attribute, and parks nothing, where v8 should not name it', async () => {
  delivery.campaign.settings({ v8ReadOnly: 'collapsed' })
  const ada = aPerson(delivery)
  const [line] = await delivery.outcomesOf([aChange({ match: [ada.key], set: { age: 30 } })])
  expect(line).toMatchObject({ outcome: 'deferred', code: 'refused-unexplained' })
  expect((await delivery.standIns.queueCounts()).parked).toEqual({})
})
