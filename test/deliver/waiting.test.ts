// A change without a profile waits for it: in the waiting queue, moved back by schedule, until WAIT_HOURS have passed.
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Change } from '../../functions/change/change.ts'
import { createMover } from '../../functions/deliver/mover.ts'
import { realTime } from '../../functions/runtime/time.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson } from '../support/person.ts'
import { received } from '../support/received.ts'
import { aChange, aRecord } from '../support/records.ts'

const HOUR = 60 * 60 * 1000

let delivery: Delivery
beforeEach(async () => {
  delivery = await startDelivery()
})
afterEach(() => delivery[Symbol.asyncDispose]())

let nobodies = 0
const nobody = () => {
  nobodies += 1
  return { attribute: 'cusCrmId', value: `nobody-${nobodies}` }
}
const counts = () => delivery.standIns.queueCounts()
const move = () => {
  const { sqs } = delivery.standIns.clients()
  const { environment } = delivery.standIns
  const mover = createMover({ environment, clients: { sqs }, time: realTime, log: delivery.log })
  return mover({}, { getRemainingTimeInMillis: () => 30_000 })
}

it('waits in its own queue, as it came, where no profile matches', async () => {
  const lost = aChange({ match: [nobody()], set: { phone: '1' } })
  const [line] = await delivery.outcomesOf([lost])
  expect(line).toMatchObject({ outcome: 'waiting', changeId: lost.id, engineCalls: 1 })
  expect(line).not.toHaveProperty('code', expect.anything())
  const [message] = await received(delivery, 'waiting')
  expect(message?.body).toEqual({
    v: 1,
    receipt: line?.['receipt'],
    receivedAt: expect.any(Number),
    hop: 0,
    changes: [lost],
  })
  expect((await counts()).parked).toEqual({})
})

it('is moved back one hop further, with its receipt, its age and its group', async () => {
  const lost = aChange({ match: [nobody()], set: { phone: '1' } })
  const receivedAt = Date.now() - HOUR
  const receipt = randomUUID()
  await delivery.deliverBatch([
    aRecord([lost], { receipt, receivedAt, group: 'pseudonym-of-nobody', hop: 3 }),
  ])
  expect((await move()).moved).toBe(1)
  const moved = (await received(delivery, 'changes')).find(({ body }) => body.receipt === receipt)
  expect(moved?.body).toEqual({ v: 1, receipt, receivedAt, hop: 4, changes: [lost] })
  expect(moved?.Attributes).toMatchObject({ MessageGroupId: 'pseudonym-of-nobody' })
  expect((await counts()).waiting).toBe(0)
})

it('is applied once the profile has appeared', async () => {
  const key = nobody()
  const lost = aChange({ match: [key], set: { phone: '7' } })
  expect(await delivery.outcomesOf([lost])).toMatchObject([{ outcome: 'waiting' }])
  delivery.campaign.addProfiles([{ cusCrmId: key.value }])
  await move()
  const [moved] = (await received(delivery, 'changes')).filter(({ body }) => body.changes[0].id === lost.id)
  const again: readonly Change[] = moved?.body.changes ?? []
  expect(await delivery.outcomesOf(again)).toMatchObject([{ outcome: 'applied' }])
  expect(delivery.campaign.profiles().find(({ cusCrmId }) => cusCrmId === key.value)).toMatchObject({
    phone: '7',
  })
})

it('leaves to the next run what came back while it ran', async () => {
  await delivery.outcomesOf([aChange({ match: [nobody()], set: { phone: '1' } })])
  const { sqs } = delivery.standIns.clients()
  const { environment } = delivery.standIns
  const early = { now: () => Date.now() - HOUR, sleep: realTime.sleep }
  const mover = createMover({ environment, clients: { sqs }, time: early, log: delivery.log })
  expect(await mover({}, { getRemainingTimeInMillis: () => 30_000 })).toEqual({ moved: 0 })
  expect(await counts()).toMatchObject({ waiting: 1, changes: 0 })
  expect(await move()).toEqual({ moved: 1 })
})

it('is unmatched and parked after WAIT_HOURS', async () => {
  const lost = aChange({ match: [nobody()], set: { phone: '1' } })
  const young = aRecord([lost], { receivedAt: Date.now() - 71 * HOUR, receipt: 'young' })
  const old = aRecord([lost], { receivedAt: Date.now() - 73 * HOUR, receipt: 'old' })
  await delivery.deliverBatch([young, old])
  const outcomeOf = (receipt: string) => delivery.log.lines.find((line) => line['receipt'] === receipt)
  expect(outcomeOf('young')).toMatchObject({ outcome: 'waiting' })
  expect(outcomeOf('old')).toMatchObject({ outcome: 'unmatched', code: 'unmatched' })
  expect((await counts()).parked['unmatched']).toBe(1)
})

it.each([{ set: { blackListEmail: true } }, { restate: { ccpaOptOut: true } }])(
  'waits with an opt-out for as long as any change may: %j',
  async (values) => {
    const optOut = aChange({ match: [nobody()], ...values })
    const days = (count: number) => Date.now() - count * 24 * HOUR
    await delivery.deliverBatch([
      aRecord([optOut], { receivedAt: days(11), receipt: `eleven-${optOut.id}` }),
      aRecord([optOut], { receivedAt: days(12), receipt: `twelve-${optOut.id}` }),
    ])
    const outcomeOf = (days: string) =>
      delivery.log.lines.find((line) => line['receipt'] === `${days}-${optOut.id}`)
    expect(outcomeOf('eleven')).toMatchObject({ outcome: 'waiting' })
    expect(outcomeOf('twelve')).toMatchObject({ outcome: 'parked', code: 'expired' })
  },
)

it('keeps nothing of a message waiting but the changes that do', async () => {
  // One message holds one first match entry; further entries may still differ.
  const first = nobody()
  const ada = aPerson(delivery, { cusCrmId: '' })
  const lost = aChange({ match: [first], set: { phone: '1' } })
  const found = aChange({ match: [first, ada.email], set: { phone: '2' } })
  expect(await delivery.outcomesOf([lost, found])).toMatchObject([
    { outcome: 'waiting' },
    { outcome: 'applied' },
  ])
  expect(
    (await received(delivery, 'waiting')).map(({ body }) => body.changes.map(({ id }: Change) => id)),
  ).toEqual([[lost.id]])
})

it('is said to wait on its first and every tenth hop', async () => {
  const lost = aChange({ match: [nobody()], set: { phone: '1' } })
  const hops = Array.from({ length: 20 }, (_, hop) => hop)
  await delivery.deliverBatch(hops.map((hop) => aRecord([lost], { hop, receipt: `hop-${hop}` })).slice(0, 10))
  await delivery.deliverBatch(hops.map((hop) => aRecord([lost], { hop, receipt: `hop-${hop}` })).slice(10))
  const said = delivery.log.lines.filter((line) => line['changeId'] === lost.id)
  expect(said.map((line) => line['receipt'])).toEqual(['hop-0', 'hop-9', 'hop-19'])
})

it('is only reported to a sender who waits, as nothing that has ended', async () => {
  const [result] = await delivery.deliverNow([aChange({ match: [nobody()], set: { phone: '1' } })])
  expect(result).toEqual({ outcome: 'waiting' })
  expect((await counts()).waiting).toBe(0)
})
