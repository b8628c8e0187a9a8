// A record that a person deleted in Campaign is made anew by the CRM's next change: a flag that was closed stays closed.
import { expect, it } from 'vitest'
import type { Values } from '../../functions/change/change.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson } from '../support/person.ts'
import { aChange } from '../support/records.ts'

const began = Date.now()
const at = (minutes: number) => began + minutes * 60_000

const madeAnew = async (delivery: Delivery, set: Values, minutes: number, isErased = false) => {
  const ada = aPerson(delivery)
  const send = (given: object) =>
    delivery.deliverNow([aChange({ match: [ada.key], ...given })], delivery.startWorker())
  await send({ set: { blackListEmail: true }, occurredAt: at(-5) })
  if (isErased) await send({ action: 'delete', occurredAt: at(-4) })
  else await delivery.asCampaignUser('DELETE', String(ada.profile()['PKey']))
  await send({ set, occurredAt: at(minutes) })
  const anew = delivery.campaign.profiles().filter((one) => one['cusCrmId'] === ada.key.value)
  expect(anew).toHaveLength(1)
  // What comes after that finds the opt-out where it finds any.
  await send({ set: { blackListEmail: false }, occurredAt: at(-6) })
  const [now] = delivery.campaign.profiles().filter((one) => one['cusCrmId'] === ada.key.value)
  return now?.['blackListEmail']
}

it.each([
  ['by a newer change of something else', { phone: '1' }, -1, true],
  ['by an opt-in older than the opt-out', { blackListEmail: false }, -6, true],
  ['by an opt-in newer than the opt-out', { blackListEmail: false }, -1, false],
])('%s', async (_name, set, minutes, isClosed) => {
  await using delivery = await startDelivery({ environment: { UNMATCHED: 'create' } })
  expect(await madeAnew(delivery, set, minutes)).toBe(isClosed)
})

it('not where the person was erased: nothing older is known of her then', async () => {
  await using delivery = await startDelivery({ environment: { UNMATCHED: 'create' } })
  expect(await madeAnew(delivery, { phone: '1' }, -1, true)).toBe(false)
})
