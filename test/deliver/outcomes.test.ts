// Every way a change can end in deliver, seen in Campaign, in the log line and in the parked queue.
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { changeClock } from '../../functions/change/clock.ts'
import { createDynamodbLedger } from '../../functions/deliver/ledger/dynamodb-ledger.ts'
import { createPseudonym } from '../../functions/runtime/pseudonym.ts'
import { realTime } from '../../functions/runtime/time.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson, type Person } from '../support/person.ts'
import { aChange } from '../support/records.ts'

let delivery: Delivery
beforeAll(async () => {
  delivery = await startDelivery({ environment: { UNMATCHED: 'park' } })
})
afterAll(() => delivery[Symbol.asyncDispose]())

let ada: Person
beforeEach(() => {
  ada = aPerson(delivery, { firstName: 'Ada' })
})
const at = (time: string) => Date.parse(`2026-11-22T${time}Z`)

it('ends as applied when an attribute was written, naming the record and what was changed', async () => {
  const [result] = await delivery.deliverNow([aChange({ match: [ada.key], set: { phone: '1' } })])
  expect(result).toEqual({
    outcome: 'applied',
    PKey: ada.profile()['PKey'],
    href: expect.stringContaining(String(ada.profile()['PKey'])),
    changed: ['phone'],
  })
  expect(ada.profile()['phone']).toBe('1')
})

it('ends as verified when the record was read before and after, and shows what was written', async () => {
  const worker = delivery.startWorker({ VERIFY: 'always' })
  const [result] = await delivery.deliverNow([aChange({ match: [ada.key], set: { phone: '1' } })], worker)
  expect(result).toMatchObject({ outcome: 'applied', verified: true })
  expect(ada.requests().map(({ method }) => method)).toEqual(['GET', 'PATCH', 'GET'])
})

it('ends as verified where a data policy changed no more than the case', async () => {
  delivery.campaign.settings({ rewrite: 'smartCase' })
  const worker = delivery.startWorker({ VERIFY: 'always' })
  const [result] = await delivery.deliverNow(
    [aChange({ match: [ada.key], set: { lastName: 'LOVELACE' } })],
    worker,
  )
  expect(result).toMatchObject({ outcome: 'applied', verified: true })
  expect(ada.profile()['lastName']).toBe('Lovelace')
  delivery.campaign.settings({ rewrite: 'none' })
})

it('ends as unchanged without a PATCH when a needed read shows the values there, and remembers their clocks', async () => {
  const [first] = await delivery.deliverNow([
    aChange({ match: [ada.email], set: { firstName: 'Ada' }, occurredAt: at('09:00:00') }),
  ])
  expect(first).toMatchObject({ outcome: 'unchanged', PKey: ada.profile()['PKey'] })
  const [stale] = await delivery.deliverNow([
    aChange({ match: [ada.key], set: { firstName: 'Adda' }, occurredAt: at('08:00:00') }),
  ])
  expect(stale).toEqual({ outcome: 'superseded' })
  expect(ada.calls('PATCH')).toBe(0)
})

it('ends as superseded, without an engine call, when everything in it is older than what was written', async () => {
  await delivery.deliverNow([
    aChange({ match: [ada.key], set: { phone: 'new' }, occurredAt: at('09:00:00') }),
  ])
  const before = ada.calls()
  const [late] = await delivery.deliverNow([
    aChange({ match: [ada.key], set: { phone: 'old' }, occurredAt: at('08:00:00') }),
  ])
  expect(late).toEqual({ outcome: 'superseded' })
  expect(ada.profile()['phone']).toBe('new')
  expect(ada.calls()).toBe(before)
})

it('writes of a change only what is newer than what was written', async () => {
  await delivery.deliverNow([
    aChange({ match: [ada.key], set: { phone: 'new' }, occurredAt: at('09:00:00') }),
  ])
  const [late] = await delivery.deliverNow([
    aChange({ match: [ada.key], set: { phone: 'old', lastName: 'Lovelace' }, occurredAt: at('08:00:00') }),
  ])
  expect(late).toMatchObject({ outcome: 'applied', changed: ['lastName'] })
  expect(ada.profile()).toMatchObject({ phone: 'new', lastName: 'Lovelace' })
})

it('ends as duplicate, without an engine call, when it comes again', async () => {
  const change = aChange({ match: [ada.key], set: { phone: '1' } })
  await delivery.deliverNow([change])
  const before = ada.calls()
  expect(await delivery.deliverNow([change])).toEqual([{ outcome: 'duplicate' }])
  expect(ada.calls()).toBe(before)
})

it('ends the second of two equal changes in one batch as duplicate', async () => {
  const change = aChange({ match: [ada.key], set: { phone: '1' } })
  const lines = await delivery.outcomesOf([change, change])
  expect(lines.map(({ outcome }) => outcome)).toEqual(['applied', 'duplicate'])
  expect(ada.calls('PATCH')).toBe(1)
})

it('ends as unmatched and parked with its code when no profile matches', async () => {
  const nobody = { attribute: 'email', value: 'nobody@example.com' }
  const before = await delivery.standIns.queueCounts()
  const [line] = await delivery.outcomesOf([aChange({ match: [nobody], set: { phone: '1' } })])
  expect(line).toMatchObject({ outcome: 'unmatched', code: 'unmatched' })
  const after = await delivery.standIns.queueCounts()
  expect(after.parked['unmatched']).toBe((before.parked['unmatched'] ?? 0) + 1)
})

it('ends as unmatched when the business key leads nowhere', async () => {
  const nobody = { attribute: 'cusCrmId', value: 'nobody' }
  expect(await delivery.deliverNow([aChange({ match: [nobody], set: { phone: '1' } })])).toMatchObject([
    { outcome: 'unmatched' },
  ])
})

it('ends as ambiguous when two profiles have the email, and touches neither', async () => {
  delivery.campaign.addProfiles([{ email: ada.email.value }])
  const [line] = await delivery.outcomesOf([aChange({ match: [ada.email], set: { phone: '1' } })])
  expect(line).toMatchObject({ outcome: 'ambiguous', code: 'ambiguous' })
  expect(ada.profiles().map((one) => one['phone'])).toEqual(['', ''])
})

it('ends as parked with the reason when Campaign refuses the value', async () => {
  delivery.campaign.settings({ customFields: { cusTier: null } })
  const [line] = await delivery.outcomesOf([aChange({ match: [ada.key], set: { cusTier: 'gold' } })])
  expect(line).toMatchObject({ outcome: 'parked', code: 'attribute-unknown', engineCalls: 1 })
  delivery.campaign.settings({ customFields: { cusTier: 'string' } })
})

it('ends as deferred, and comes back, when Campaign is not available', async () => {
  delivery.campaign.addFaults([{ match: { method: 'PATCH' }, times: 1, answer: { status: 503 } }])
  const change = aChange({ match: [ada.key], set: { phone: '1' } })
  const [line] = await delivery.outcomesOf([change])
  expect(line).toMatchObject({ outcome: 'deferred', code: 'unavailable' })
  expect(await delivery.deliverNow([change])).toMatchObject([{ outcome: 'applied' }])
})

it('tells a waiting sender the end of each change in the order sent, and parks nothing itself', async () => {
  const before = await delivery.standIns.queueCounts()
  const results = await delivery.deliverNow([
    aChange({ match: [{ attribute: 'email', value: 'nobody@example.com' }], set: { phone: '1' } }),
    aChange({ match: [ada.key], set: { phone: '1' } }),
  ])
  expect(results.map(({ outcome }) => outcome)).toEqual(['unmatched', 'applied'])
  expect(await delivery.standIns.queueCounts()).toEqual(before)
})

it('supersedes a change that is not newer than the erasure of its person, before it asks Campaign', async () => {
  const clients = delivery.standIns.clients()
  const secret = await clients.secretsManager.send(new GetSecretValueCommand({ SecretId: 'pseudonym' }))
  const pseudonym = createPseudonym(secret.SecretString ?? '')
  const ledger = createDynamodbLedger(clients.dynamodb, 'ledger', realTime)
  const erased = aChange({ match: [ada.key], set: {}, occurredAt: at('09:00:00') })
  await ledger.bury(pseudonym(ada.email.attribute, ada.email.value), changeClock(erased))
  await ledger.bury(pseudonym(ada.key.attribute, ada.key.value), changeClock(erased))
  for (const match of [ada.email, ada.key]) {
    const older = aChange({ match: [match], set: { phone: '1' }, occurredAt: at('08:59:59') })
    expect(await delivery.deliverNow([older])).toEqual([{ outcome: 'superseded' }])
  }
  expect(ada.calls()).toBe(0)
  const newer = aChange({ match: [ada.email], set: { phone: '2' }, occurredAt: at('09:00:01') })
  expect(await delivery.deliverNow([newer])).toMatchObject([{ outcome: 'applied' }])
})

it('writes a text that only looks like the moment Campaign holds', async () => {
  const eve = aPerson(delivery, { cusTier: '2026-01-01T00:00:00Z' })
  const change = aChange({ match: [eve.email], set: { cusTier: '2026-01-01T01:00:00+01:00' } })
  expect(await delivery.deliverNow([change])).toMatchObject([{ outcome: 'applied' }])
  expect(eve.profile()['cusTier']).toBe('2026-01-01T01:00:00+01:00')
})

it('ends as applied and not verified when the read-back shows another value', async () => {
  const worker = delivery.startWorker({ VERIFY: 'always' })
  const path = `/local-tenant/campaign/profileAndServicesExt/profile/${ada.key.value}`
  const shown = JSON.stringify({
    PKey: ada.profile()['PKey'],
    cusCrmId: ada.key.value,
    phone: 'something else',
  })
  // Before the PATCH and after it.
  delivery.campaign.addFaults([
    { match: { method: 'GET', path }, times: 2, answer: { status: 200, body: shown } },
  ])
  const [result] = await delivery.deliverNow([aChange({ match: [ada.key], set: { phone: '1' } })], worker)
  expect(result).toMatchObject({ outcome: 'applied', verified: false })
})

it('says nothing of verified when nobody could look', async () => {
  const worker = delivery.startWorker({ VERIFY: 'always' })
  const change = aChange({ match: [ada.email], set: { phone: '1' } })
  const path = '/local-tenant/campaign/profileAndServicesExt/profile/@'
  delivery.campaign.addFaults([{ match: { method: 'GET', path }, times: 1, answer: { status: 503 } }])
  const [result] = await delivery.deliverNow([change], worker)
  expect(result).toMatchObject({ outcome: 'applied', changed: ['phone'] })
  expect(result).not.toHaveProperty('verified')
})
