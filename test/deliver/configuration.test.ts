// What only an operator can mend: everything waits, one line says where to look, nothing is parked.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realTime } from '../../functions/runtime/time.ts'
import { localCredentials } from '../../infra/local/credentials.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson, type Person } from '../support/person.ts'
import { readyCredentials } from '../support/ready-token.ts'
import { aChange, aRecord } from '../support/records.ts'

let delivery: Delivery
let ahead: number
let people: readonly Person[]
beforeEach(async () => {
  ahead = 0
  const time = { now: () => realTime.now() + ahead, sleep: realTime.sleep }
  delivery = await startDelivery({ time })
  people = Array.from({ length: 10 }, () => aPerson(delivery))
})
afterEach(() => delivery[Symbol.asyncDispose]())

/** A secret is held for five minutes, in which nobody sees that it was mended. */
const waitForSecret = () => {
  ahead += 5 * 60 * 1000
}
const setSecret = (change: object) =>
  delivery.standIns.secrets.set('campaign', { ...localCredentials.campaign, ...change })
const told = () => delivery.log.lines.filter(({ message }) => message === 'campaign.configuration')
const ends = () =>
  delivery.log.lines
    .filter(({ message }) => message === 'change.delivered')
    .map(({ outcome, code }) => [outcome, code])
const ten = <Item>(item: Item): readonly Item[] => Array.from({ length: 10 }, () => item)
const parked = async () => (await delivery.standIns.queueCounts()).parked
const apply = (person: Person | undefined, worker = delivery.startWorker()) =>
  delivery.deliverNow(
    [aChange({ match: [person?.key ?? aPerson(delivery).key], set: { phone: '1' } })],
    worker,
  )

const wrong = [
  ['organization', { organization: 'another-tenant' }, 'organization-refused', 'organization'],
  ['client secret', { clientSecret: 'wrong-canary' }, 'credentials-refused', 'clientSecret'],
  ['client id', { clientId: 'wrong-canary' }, 'credentials-refused', 'clientId'],
] as const

describe.each(wrong)('with a wrong %s in the secret', (_what, secret, code, named) => {
  it('ten changes of ten people wait, one line says where to look, and all are applied once it is mended', async () => {
    setSecret(secret)
    const worker = delivery.startWorker()
    const records = people.map(({ key }) => aRecord([aChange({ match: [key], set: { phone: '1' } })]))
    expect((await delivery.deliverBatch(records, worker)).batchItemFailures).toHaveLength(10)
    expect(ends()).toEqual(ten(['deferred', code]))
    expect(told()).toEqual([
      {
        level: 'error',
        message: 'campaign.configuration',
        code,
        detail: expect.stringMatching(`${named}.* in the secret that CAMPAIGN_SECRET_ID names`),
      },
    ])
    expect(await parked()).toEqual({})

    setSecret({})
    waitForSecret()
    expect(await delivery.deliverBatch(records, worker)).toEqual({ batchItemFailures: [] })
    expect(people.map((person) => person.profile()['phone'])).toEqual(ten('1'))
    expect(told()).toHaveLength(1)
    expect(await parked()).toEqual({})
  })

  it('the line holds nothing of what the secret holds', async () => {
    setSecret(secret)
    await apply(people[0])
    const values = [...Object.values(localCredentials.campaign), ...Object.values(secret)]
    for (const value of values) expect(JSON.stringify(told())).not.toContain(value)
  })

  it('more batches are not told of again', async () => {
    setSecret(secret)
    const worker = delivery.startWorker()
    for (const person of people) await apply(person, worker)
    expect(told()).toHaveLength(1)
  })
})

it('goes on with the organization of a mended secret, though the token of the wrong one is still good', async () => {
  setSecret({ organization: 'another-tenant' })
  const worker = delivery.startWorker()
  await apply(people[0], worker)
  setSecret({})
  waitForSecret()
  expect(await apply(people[0], worker)).toMatchObject([{ outcome: 'applied' }])
})

it('tells of a fault that comes back after something succeeded, and of another fault at once', async () => {
  const worker = delivery.startWorker()
  delivery.standIns.secrets.set('campaign', await readyCredentials(delivery))
  const refuse = (body: string) =>
    delivery.campaign.addFaults([{ match: { method: 'PATCH' }, answer: { status: 403, body } }])
  const organization = '{"error_code":"403023","message":"Profile is not valid"}'
  const key = '{"error_code":"403003","message":"Api Key is invalid"}'
  for (const body of [organization, organization, key, organization, key]) {
    refuse(body)
    await apply(people[0], worker)
  }
  expect(told().map(({ code }) => code)).toEqual(['organization-refused', 'credentials-refused'])
  expect(await apply(people[0], worker)).toMatchObject([{ outcome: 'applied' }])
  refuse(organization)
  await apply(people[1], worker)
  expect(told().map(({ code }) => code)).toEqual([
    'organization-refused',
    'credentials-refused',
    'organization-refused',
  ])
})
