// Which faults are told to the operator, and that each is told once, however many changes meet it.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { CampaignError } from '../../functions/deliver/campaign/campaign-error.ts'
import { createConfigurationWatches } from '../../functions/deliver/campaign/configuration-fault.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson } from '../support/person.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { recordedMetrics } from '../support/recorded-metrics.ts'
import { aChange } from '../support/records.ts'

let delivery: Delivery
beforeEach(async () => {
  delivery = await startDelivery()
})
afterEach(() => delivery[Symbol.asyncDispose]())

const api = '/local-tenant/campaign/profileAndServicesExt/profile'
const told = () =>
  delivery.log.lines
    .filter(({ message }) => message === 'campaign.configuration')
    .map(({ level, code, detail }) => [level, code, detail])
const apply = async (by: 'key' | 'email', worker = delivery.startWorker()) => {
  const change = aChange({ match: [aPerson(delivery)[by]], set: { phone: '1' } })
  const [result] = await delivery.deliverNow([change], worker)
  return result
}

it('tells of a secret that cannot be parsed, and repeats nothing of it', async () => {
  delivery.standIns.secrets.set('campaign', '{"organization":"canary",')
  const worker = delivery.startWorker()
  for (let attempt = 0; attempt < 3; attempt += 1)
    expect(await apply('key', worker)).toMatchObject({ outcome: 'deferred', code: 'secrets-unavailable' })
  expect(told()).toEqual([['error', 'secret-malformed', expect.stringContaining('organization, clientId')]])
  expect(JSON.stringify(delivery.log.lines)).not.toContain('canary')
})

it('tells of a secret that is not there', async () => {
  const worker = delivery.startWorker({ CAMPAIGN_SECRET_ID: 'absent' })
  for (let attempt = 0; attempt < 3; attempt += 1) await apply('key', worker)
  expect(told()).toEqual([['error', 'secret-unreachable', expect.stringContaining('CAMPAIGN_SECRET_ID')]])
})

it('tells of an API that is not there once, by whatever changes are matched', async () => {
  delivery.campaign.addFaults([{ match: { path: api }, times: 100, answer: { status: 404 } }])
  const worker = delivery.startWorker()
  for (const by of ['key', 'email', 'key', 'email'] as const)
    expect(await apply(by, worker)).toMatchObject({ outcome: 'deferred', code: 'endpoint-unknown' })
  expect(told()).toEqual([['error', 'endpoint-unknown', expect.stringContaining('CAMPAIGN_URL')]])
})

it('tells of a filter that is not there once, while changes matched by key succeed all the while', async () => {
  const byEmail = { match: { path: `${api}/byEmail` }, answer: { status: 404 } }
  delivery.campaign.addFaults([{ ...byEmail, times: 6 }])
  const worker = delivery.startWorker()
  const outcomes = []
  for (const by of ['email', 'key', 'email', 'key', 'email'] as const)
    outcomes.push((await apply(by, worker))?.outcome)
  expect(outcomes).toEqual(['deferred', 'applied', 'deferred', 'applied', 'deferred'])
  expect(told()).toHaveLength(1)

  expect(await apply('email', worker)).toMatchObject({ outcome: 'applied' })
  delivery.campaign.addFaults([{ ...byEmail, times: 2 }])
  await apply('email', worker)
  expect(told()).toHaveLength(2)
})

it('tells of hrefs that lead away once, though every first page is answered', async () => {
  const next = { href: 'https://elsewhere.example/next' }
  const page = { status: 200, body: JSON.stringify({ content: [], next }) }
  delivery.campaign.addFaults([{ match: { path: `${api}/byEmail` }, times: 3, answer: page }])
  const worker = delivery.startWorker()
  for (let attempt = 0; attempt < 3; attempt += 1)
    expect(await apply('email', worker)).toMatchObject({ outcome: 'deferred', code: 'href-refused' })
  expect(told()).toEqual([['error', 'href-refused', expect.stringContaining('CAMPAIGN_URL')]])
})

it.each([429, 500, 502, 503])('tells of nothing an operator could mend after a %i', async (status) => {
  delivery.campaign.addFaults([{ match: { method: 'PATCH' }, answer: { status } }])
  expect(await apply('key')).toMatchObject({ outcome: 'deferred' })
  expect(told()).toEqual([])
})

it('does not tell of a token that it renewed', async () => {
  const worker = delivery.startWorker()
  await apply('key', worker)
  delivery.campaign.expireTokens()
  expect(await apply('key', worker)).toMatchObject({ outcome: 'applied' })
  expect(told()).toEqual([])
})

it('is told by each worker for itself', async () => {
  delivery.campaign.changeClientSecret('unknown to us')
  for (let worker = 0; worker < 2; worker += 1) await apply('key')
  expect(told().map(([, code]) => code)).toEqual(['credentials-refused', 'credentials-refused'])
})

it('takes a success that was under way when the fault was met for no sign that it is mended', async () => {
  const log = recordedLog()
  const { access } = createConfigurationWatches(log, recordedMetrics())
  const refusal = new CampaignError('Campaign answered 403', { kind: 'whole', code: 'organization-refused' })
  const refuse = access(() => Promise.reject(refusal))
  const old = Promise.withResolvers<void>()
  const underWay = access(() => old.promise)()
  await expect(refuse()).rejects.toBe(refusal)
  old.resolve()
  await underWay
  await expect(refuse()).rejects.toBe(refusal)
  expect(log.lines).toHaveLength(1)
  await access(() => Promise.resolve())()
  await expect(refuse()).rejects.toBe(refusal)
  expect(log.lines).toHaveLength(2)
})
