// The access token: asked for seldom, renewed once, and never the reason that a change is lost.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { localCredentials } from '../../infra/local/credentials.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson } from '../support/person.ts'
import { readyCredentials } from '../support/ready-token.ts'
import { aChange } from '../support/records.ts'

let delivery: Delivery
beforeEach(async () => {
  delivery = await startDelivery()
})
afterEach(() => delivery[Symbol.asyncDispose]())

const tokenRequests = () => delivery.campaign.requests().filter(({ path }) => path.startsWith('/ims/')).length
const apply = (set: Record<string, string>, worker = delivery.startWorker()) => {
  const person = aPerson(delivery)
  return delivery.deliverNow([aChange({ match: [person.key], set })], worker)
}

it('asks for one token however many changes need it at once', async () => {
  const people = Array.from({ length: 20 }, () => aPerson(delivery))
  await delivery.deliverNow(people.map(({ key }) => aChange({ match: [key], set: { phone: '1' } })))
  expect(tokenRequests()).toBe(1)
})

it('renews a token that Campaign refuses, once, and sends the request again', async () => {
  const worker = delivery.startWorker()
  await apply({ phone: '1' }, worker)
  delivery.campaign.revokeTokens()
  expect(await apply({ phone: '2' }, worker)).toMatchObject([{ outcome: 'applied' }])
  expect(tokenRequests()).toBe(2)
})

it('asks for a new one shortly before the old one ends', async () => {
  delivery.campaign.settings({ tokenSeconds: 0.1 })
  const worker = delivery.startWorker()
  await apply({ phone: '1' }, worker)
  await new Promise((resolve) => setTimeout(resolve, 95))
  delivery.campaign.settings({ tokenSeconds: 86_399 })
  expect(await apply({ phone: '2' }, worker)).toMatchObject([{ outcome: 'applied' }])
  expect(delivery.campaign.requests().filter(({ status }) => status === 401)).toEqual([])
  expect(tokenRequests()).toBe(2)
})

it('goes on with the new client secret once it lies in Secrets Manager', async () => {
  const worker = delivery.startWorker()
  await apply({ phone: '1' }, worker)
  delivery.campaign.changeClientSecret('rotated')
  delivery.campaign.revokeTokens()
  delivery.standIns.secrets.set('campaign', { ...localCredentials.campaign, clientSecret: 'rotated' })
  expect(await apply({ phone: '2' }, worker)).toMatchObject([{ outcome: 'applied' }])
})

it('waits, and parks nothing, while the credentials are refused', async () => {
  delivery.campaign.changeClientSecret('unknown to us')
  expect(await apply({ phone: '1' })).toMatchObject([{ outcome: 'deferred', code: 'credentials-refused' }])
})

it('takes a ready token, and the next one from Secrets Manager when that is refused', async () => {
  delivery.standIns.secrets.set('campaign', await readyCredentials(delivery))
  const worker = delivery.startWorker()
  expect(await apply({ phone: '1' }, worker)).toMatchObject([{ outcome: 'applied' }])
  delivery.campaign.revokeTokens()
  delivery.standIns.secrets.set('campaign', await readyCredentials(delivery))
  expect(await apply({ phone: '2' }, worker)).toMatchObject([{ outcome: 'applied' }])
  delivery.campaign.revokeTokens()
  expect(await apply({ phone: '3' }, worker)).toMatchObject([
    { outcome: 'deferred', code: 'credentials-refused' },
  ])
})

it('serves on with the token and the secret it holds while Secrets Manager is away', async () => {
  const worker = delivery.startWorker()
  await apply({ phone: '1' }, worker)
  delivery.standIns.secrets.setReachable(false)
  expect(await apply({ phone: '2' }, worker)).toMatchObject([{ outcome: 'applied' }])
})
