// When a flag that is closed may be opened again: only after a look at the profile, and only by a later word.
import { randomUUID } from 'node:crypto'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Values } from '../../functions/change/change.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson, type Person } from '../support/person.ts'
import { aChange, aRecord } from '../support/records.ts'

const MINUTE = 60_000
const ago = (minutes: number) => Date.now() - minutes * MINUTE
/** As Campaign shows times. */
const shown = (moment: number) => new Date(moment).toISOString().replace('T', ' ')

let delivery: Delivery
beforeAll(async () => {
  delivery = await startDelivery({ environment: { LANDING_SECONDS: '1' } })
})
afterAll(() => delivery[Symbol.asyncDispose]())

const change = ({ key }: Person, set: Values, occurredAt: number) =>
  aChange({ match: [key], set, occurredAt })
const optIn = (person: Person, occurredAt: number) => change(person, { blackListEmail: false }, occurredAt)
const optOut = (person: Person, occurredAt: number) => change(person, { blackListEmail: true }, occurredAt)
const endOf = async (given: ReturnType<typeof aChange>) => (await delivery.outcomesOf([given]))[0] ?? {}
const asCustomer = (person: Person, blackListEmail: boolean) =>
  delivery.asCampaignUser('PATCH', String(person.profile()['PKey']), { blackListEmail })
/** Closed in Campaign so many minutes ago. */
const closedThere = (minutes: number) =>
  aPerson(delivery, { blackListEmail: true, blackListEmailLastModified: shown(ago(minutes)) })
const sentOf = async (identity: string) => {
  const { environment } = delivery.standIns
  const { Item } = await delivery.standIns
    .clients()
    .dynamodb.send(
      new GetItemCommand({ TableName: environment['LEDGER_TABLE'], Key: { identity: { S: identity } } }),
    )
  return Item?.['consentSent']?.M?.['blackListEmail']?.L
}

it('is superseded where the flag was closed in Campaign later', async () => {
  const person = closedThere(5)
  expect(await endOf(optIn(person, ago(6)))).toMatchObject({ outcome: 'superseded' })
  expect(person.profile()).toMatchObject({ blackListEmail: true })
  expect(person.calls('PATCH')).toBe(0)
})

it('is applied where the flag was closed in Campaign earlier, and the very moment is not later', async () => {
  const person = closedThere(5)
  const moment = Date.parse(String(person.profile()['blackListEmailLastModified']).replace(' ', 'T'))
  expect(await endOf(optIn(person, moment))).toMatchObject({ outcome: 'superseded' })
  expect(await endOf(optIn(person, moment + 1))).toMatchObject({ outcome: 'applied' })
  expect(person.profile()).toMatchObject({ blackListEmail: false })
})

it('is decided by clocks where we closed the flag ourselves, however long ago the opt-in was made', async () => {
  const person = aPerson(delivery)
  expect(await endOf(optOut(person, ago(20)))).toMatchObject({ outcome: 'applied', engineCalls: 1 })
  expect(await endOf(optIn(person, ago(30)))).toMatchObject({ outcome: 'superseded' })
  expect(await endOf(optIn(person, ago(10)))).toMatchObject({ outcome: 'applied', engineCalls: 2 })
  expect(person.profile()).toMatchObject({ blackListEmail: false })
})

it('is superseded where the flag was opened and closed again in Campaign right after we had closed it', async () => {
  const person = aPerson(delivery)
  await endOf(optOut(person, ago(9)))
  await asCustomer(person, false)
  await asCustomer(person, true)
  expect(await endOf(optIn(person, ago(8)))).toMatchObject({ outcome: 'superseded' })
})

it('is superseded where the flag was closed in Campaign right after our own opt-in', async () => {
  const person = closedThere(5)
  await endOf(optIn(person, ago(4)))
  await asCustomer(person, true)
  expect(await endOf(optIn(person, ago(3)))).toMatchObject({ outcome: 'superseded' })
  expect(person.profile()).toMatchObject({ blackListEmail: true })
  expect(await endOf(optIn(person, Date.now()))).toMatchObject({ outcome: 'applied' })
})

it('is unchanged where the flag is open, whoever opened it', async () => {
  const person = aPerson(delivery)
  await asCustomer(person, true)
  await asCustomer(person, false)
  expect(await endOf(optIn(person, ago(60)))).toMatchObject({ outcome: 'unchanged' })
})

it('is put aside as unclear where neither Campaign nor the ledger knows when the flag was closed', async () => {
  const person = aPerson(delivery, { blackListEmail: true, blackListEmailLastModified: '' })
  expect(await endOf(optIn(person, Date.now()))).toMatchObject({ outcome: 'parked', code: 'consent-unclear' })
  expect(person.profile()).toMatchObject({ blackListEmail: true })
  // Tried again by a person it is not taken for a duplicate of itself.
  expect(await endOf(optIn(person, Date.now()))).toMatchObject({ outcome: 'parked' })
  expect((await delivery.standIns.queueCounts()).parked).toMatchObject({ 'consent-unclear': 2 })
})

it.each([
  ['a clock of an opt-out of ours', true, 'applied'],
  ['only a clock of an opt-in of ours', false, 'parked'],
] as const)('without a time has %s to go by', async (_name, closes, outcome) => {
  const open = { blackListFax: !closes, blackListFaxLastModified: closes ? '' : shown(ago(99)) }
  const person = aPerson(delivery, open)
  expect(await endOf(change(person, { blackListFax: closes }, ago(9)))).toMatchObject({ outcome: 'applied' })
  const { PKey } = person.profile()
  // An instance that keeps no time of this flag, as the record then shows.
  delivery.campaign.setFaults([
    {
      match: { method: 'GET' },
      times: 1,
      answer: { status: 200, body: JSON.stringify({ PKey, cusCrmId: person.key.value, blackListFax: true }) },
    },
  ])
  expect(await endOf(change(person, { blackListFax: false }, ago(8)))).toMatchObject({ outcome })
})

it('leaves what else the change holds to be applied', async () => {
  const late = closedThere(5)
  const both = change(late, { blackListEmail: false, phone: '1' }, ago(6))
  expect(await endOf(both)).toMatchObject({ outcome: 'applied', attributes: ['blackListEmail', 'phone'] })
  expect(late.profile()).toMatchObject({ blackListEmail: true, phone: '1' })
  const unclear = aPerson(delivery, { blackListEmail: true, blackListEmailLastModified: '' })
  const parked = change(unclear, { blackListEmail: false, phone: '1' }, ago(6))
  expect(await endOf(parked)).toMatchObject({ outcome: 'parked', code: 'consent-unclear' })
  expect(unclear.profile()).toMatchObject({ blackListEmail: true, phone: '1' })
})

it('loses every tie against an opt-out, whichever comes first', async () => {
  const moment = ago(5)
  for (const order of [
    [optOut, optIn],
    [optIn, optOut],
  ]) {
    const person = closedThere(9)
    for (const make of order) await endOf(make(person, moment))
    expect(person.profile()).toMatchObject({ blackListEmail: true })
  }
})

it('leaves no opt-out out of a batch of changes of many matches', async () => {
  const person = closedThere(9)
  const [early, late] = [optIn(person, ago(5)), { ...optOut(person, ago(4)), match: [person.email] as const }]
  const [other] = [change(person, { phone: '7' }, ago(3))]
  await delivery.deliverBatch([late, early, other].map((one) => aRecord([one])))
  expect(person.profile()).toMatchObject({ blackListEmail: true, phone: '7' })
})

it('is looked at anew though the match has just shown the profile', async () => {
  const person = closedThere(5)
  const byEmail = aChange({ match: [person.email], set: { blackListEmail: false }, occurredAt: ago(1) })
  expect(await endOf(byEmail)).toMatchObject({ outcome: 'applied', engineCalls: 3 })
})

it('finds every write of a flag in the ledger, from before it was sent until it was answered', async () => {
  const person = aPerson(delivery)
  const before = Date.now()
  const { subject } = await endOf(optOut(person, ago(9)))
  const [sentAt, answeredAt] = (await sentOf(String(subject))) ?? []
  const landedAt = Date.parse(String(person.profile()['blackListEmailLastModified']).replace(' ', 'T'))
  expect(Number(sentAt?.N)).toBeGreaterThanOrEqual(before)
  expect(landedAt).toBeGreaterThanOrEqual(Number(sentAt?.N))
  expect(landedAt).toBeLessThanOrEqual(Number(answeredAt?.N))
  delivery.campaign.setFaults([{ match: { method: 'PATCH' }, times: 1, answer: { reset: true } }])
  await endOf(optIn(person, ago(8)))
  const [lostAt, landsUntil] = (await sentOf(String(subject))) ?? []
  expect(Number(landsUntil?.N) - Number(lostAt?.N)).toBe(1000)
})

it('follows the opt-out that a profile was created with, by clocks', async () => {
  const key = { attribute: 'cusCrmId', value: `created-${randomUUID()}` }
  const made = { match: [key] as const, action: 'upsert' as const }
  const create = aChange({ ...made, set: { blackListEmail: true, ccpaOptOut: false }, occurredAt: ago(9) })
  expect(await endOf(create)).toMatchObject({ outcome: 'created' })
  const profile = () => delivery.campaign.profiles().find(({ cusCrmId }) => cusCrmId === key.value)
  expect(profile()).toMatchObject({ blackListEmail: true, ccpaOptOut: false })
  const opening = aChange({ match: [key], set: { blackListEmail: false }, occurredAt: ago(8) })
  expect(await endOf(opening)).toMatchObject({ outcome: 'applied' })
  expect(profile()).toMatchObject({ blackListEmail: false })
})

it('is only looked at in MODE=observe', async () => {
  const person = closedThere(5)
  const worker = delivery.startWorker({ MODE: 'observe' })
  for (const [minutes, code] of [
    [6, 'superseded'],
    [4, 'applied'],
  ] as const)
    expect(await delivery.outcomesOf([optIn(person, ago(minutes))], worker)).toMatchObject([{ code }])
  expect(person.profile()).toMatchObject({ blackListEmail: true })
})

// No time is known of blackListPushnotification.
it.each([
  'blackList',
  'blackListFax',
  'blackListMobile',
  'blackListPhone',
  'blackListPostalMail',
  'ccpaOptOut',
])('goes by the time of %s itself', async (flag) => {
  const person = aPerson(delivery, { [flag]: true })
  expect(await endOf(change(person, { [flag]: false }, ago(1)))).toMatchObject({ outcome: 'superseded' })
  expect(await endOf(change(person, { [flag]: false }, Date.now() + MINUTE))).toMatchObject({
    outcome: 'applied',
    attributes: [flag],
  })
})
