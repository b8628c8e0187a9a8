// A profile that is not there is made: once, with everything that was said of it, and of no value that is refused.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Change } from '../../functions/change/change.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aChange, aRecord, type GivenChange } from '../support/records.ts'
import { startSimulation } from '../support/simulation.ts'

const minute = (number: number) => Date.parse('2026-11-22T09:00:00Z') + number * 60_000
const api = '/local-tenant/campaign/profileAndServicesExt/profile'

describe.each(['standard', 'v8'] as const)('creating (%s)', (dialect) => {
  let delivery: Delivery
  beforeAll(async () => {
    delivery = await startDelivery({ environment: { CAMPAIGN_DIALECT: dialect, UNMATCHED: 'create' } })
    await delivery.deliverNow([aChange({ match: [{ attribute: 'cusCrmId', value: 'x' }] })])
  })
  afterAll(() => delivery[Symbol.asyncDispose]())

  let number = 0
  let seen = 0
  let key = { attribute: '', value: '' }
  let email = { attribute: '', value: '' }
  beforeEach(() => {
    number += 1
    key = { attribute: 'cusCrmId', value: `new-${number}` }
    email = { attribute: 'email', value: `new-${number}@example.com` }
    delivery.campaign.settings({ dialect, unique: [] })
    delivery.campaign.setFaults([])
    seen = delivery.campaign.requests().length
  })
  const methods = () =>
    delivery.campaign
      .requests()
      .slice(seen)
      .filter(({ path }) => !path.startsWith('/ims/'))
      .map(({ method }) => method)
  const made = ({ attribute, value } = key) =>
    delivery.campaign.profiles().filter((one) => one[attribute] === value)
  const at = (minutes: number, given: GivenChange): Change =>
    aChange({ occurredAt: minute(minutes), ...given })

  it('asks by every entry, makes the profile in one call, and looks where it verifies', async () => {
    const change = aChange({ action: 'upsert', match: [key, email], set: { phone: '1' } })
    const worker = delivery.startWorker({ VERIFY: 'always', UNMATCHED: 'park' })
    const [outcome] = await delivery.deliverNow([change], worker)
    const [profile] = made()
    expect(profile).toMatchObject({ email: email.value, phone: '1' })
    const { PKey } = profile ?? {}
    expect(outcome).toMatchObject({ outcome: 'created', PKey, changed: ['phone'], verified: true })
    expect(outcome).toHaveProperty('href', expect.stringContaining(String(PKey)))
    expect(methods()).toEqual(['GET', 'GET', 'POST', 'GET'])
  })

  it('takes three calls by a key that nobody has: it tries to write, looks under its lease, and makes', async () => {
    await delivery.deliverNow([aChange({ match: [key], set: { phone: '1' } })])
    expect(methods()).toEqual(['PATCH', 'GET', 'POST'])
  })

  it('makes one profile of all the unmatched changes of a batch, the newest value of each attribute', async () => {
    const ends = await delivery.deliverNow([
      at(2, { match: [key], set: { phone: 'new' } }),
      at(1, { match: [key], set: { phone: 'old', fax: '1' } }),
      at(0, { match: [key], set: { phone: 'older' } }),
    ])
    expect(ends.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'superseded'])
    expect(made()).toMatchObject([{ phone: 'new', fax: '1' }])
    expect(methods().filter((method) => method === 'POST')).toHaveLength(1)
    expect(await delivery.deliverNow([at(1, { match: [key], set: { phone: 'late' } })])).toEqual([
      { outcome: 'superseded' },
    ])
  })

  it('gives it what a change sets rather than what it was matched by', async () => {
    await delivery.deliverNow([aChange({ match: [key, email], set: { email: `other-${email.value}` } })])
    expect(made()).toMatchObject([{ email: `other-${email.value}` }])
  })

  it('is made by no PKey', async () => {
    const match = [{ attribute: 'PKey', value: '@nobody' }] as const
    const before = delivery.campaign.profiles().length
    await delivery.deliverNow([aChange({ match, set: { phone: '1' } })])
    expect(delivery.campaign.profiles()).toHaveLength(before)
  })

  it('parks only the change that is refused, and makes the profile of the others', async () => {
    const changes = [
      at(1, { match: [key], set: { cusNobodyKnows: 'x' } }),
      at(2, { match: [key], set: { phone: '1' } }),
      at(3, { match: [key], set: { fax: '1' } }),
    ]
    expect(await delivery.deliverNow(changes)).toMatchObject([
      { outcome: 'parked', code: 'attribute-unknown' },
      { outcome: 'created', changed: ['phone'] },
      { outcome: 'applied', changed: ['fax'] },
    ])
    expect(made()).toMatchObject([{ phone: '1', fax: '1' }])
  })

  it('looks again where Campaign says it is there already, in whatever words, and writes to that one', async () => {
    delivery.campaign.addProfiles([{ cusCrmId: key.value }])
    const body = `Unable to find document with path '/profile' from key '${key.value}'`
    const missing = { match: { method: 'GET', path: `${api}/${key.value}` }, answer: { status: 404, body } }
    const change = aChange({ action: 'upsert', match: [key, email], set: { phone: '1' } })
    delivery.campaign.addFaults([{ ...missing, times: 1 }])
    expect(await delivery.deliverNow([change])).toMatchObject([
      { outcome: 'applied', changed: ['email', 'phone'] },
    ])
    expect(made()).toMatchObject([{ email: email.value, phone: '1' }])
  })

  it('neither makes a second profile nor writes to the other where another key is taken', async () => {
    delivery.campaign.settings({ unique: ['externalId'] })
    delivery.campaign.addProfiles([{ externalId: `taken-${number}` }])
    const change = aChange({ match: [key], set: { externalId: `taken-${number}` } })
    // v8 says of everything only that an error has occurred.
    const end =
      dialect === 'v8'
        ? { outcome: 'deferred', code: 'refused-unexplained' }
        : { outcome: 'parked', code: 'duplicate-key' }
    expect(await delivery.deliverNow([change])).toMatchObject([end])
    expect(made()).toEqual([])
  })
})

it.each(['POST', 'DELETE'])(
  'sends no %s off its lease, however long the function was frozen',
  async (method) => {
    for (let freezesAt = 1; freezesAt < 16; freezesAt += 1) {
      const simulation = startSimulation()
      const match = [{ attribute: 'cusCrmId', value: 'ada' }] as const
      if (method === 'DELETE') simulation.campaign.addProfiles([{ cusCrmId: 'ada' }])
      let passed = 0
      let thawedAt = Number.POSITIVE_INFINITY
      const worker = simulation.startWorker(async (call) => {
        const result = await call()
        passed += 1
        if (passed === freezesAt) {
          await simulation.time.sleep(300_000)
          thawedAt = simulation.time.now()
        }
        return result
      })
      const record = aRecord([aChange({ action: method === 'POST' ? 'upsert' : 'delete', match })])
      await simulation.time.run(simulation.deliver(worker, [record]))
      const late = simulation.campaign.requests().filter((one) => one.at >= thawedAt && one.method === method)
      expect(late, `frozen at ${freezesAt}`).toEqual([])
    }
  },
)
