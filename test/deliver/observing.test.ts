// MODE=observe: the end each change would have had, told from reads alone, and no trace left anywhere.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Change } from '../../functions/change/change.ts'
import type { Deliver } from '../../functions/deliver/deliver.ts'
import type { Environment } from '../../functions/runtime/config.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson, type Person } from '../support/person.ts'
import { aChange, aRecord } from '../support/records.ts'
import { methodsSince, watchAll } from '../support/untouched.ts'

const minute = (number: number) => Date.parse('2026-11-22T09:00:00Z') + number * 60_000
let made = 0
const nobody = (attribute: 'email' | 'cusCrmId') => {
  made += 1
  return { attribute, value: attribute === 'email' ? `nobody-${made}@example.com` : `nobody-${made}` }
}

describe.each(['standard', 'v8'] as const)('observing a Campaign of the dialect %s', (dialect) => {
  let delivery: Delivery
  let allThatIsWritten: ReturnType<typeof watchAll>
  let observer: Deliver
  let ada: Person
  beforeAll(async () => {
    delivery = await startDelivery({ environment: { CAMPAIGN_DIALECT: dialect, UNMATCHED: 'park' } })
    delivery.campaign.settings({ dialect })
    allThatIsWritten = watchAll(delivery)
    observer = delivery.startWorker({ MODE: 'observe' })
  })
  afterAll(() => delivery[Symbol.asyncDispose]())
  beforeEach(() => {
    ada = aPerson(delivery, { firstName: 'Ada' })
  })

  /** Works the changes as one message, makes sure that it left no trace, and answers what was told of each. */
  const observe = async (changes: readonly Change[], environment?: Environment) => {
    const before = await allThatIsWritten()
    const asked = delivery.campaign.requests().length
    const worker = environment ? delivery.startWorker({ MODE: 'observe', ...environment }) : observer
    const lines = await delivery.outcomesOf(changes, worker)
    expect(await allThatIsWritten()).toEqual(before)
    expect(['GET']).toEqual(expect.arrayContaining([...methodsSince(delivery.campaign, asked)]))
    return lines.map(({ outcome, code, changed }) => [outcome, code, changed])
  }
  const live = (...changes: readonly Change[]) => delivery.deliverNow(changes)

  it('tells what would be applied, by key and by email, and only the attributes that differ', async () => {
    const set = { firstName: 'Ada', phone: '1' }
    const changes = [ada.key, ada.email].map((entry) => aChange({ match: [entry], set }))
    for (const change of changes) {
      expect(await observe([change])).toEqual([['observed', 'applied', ['phone']]])
      expect(await observe([change])).toEqual([['observed', 'applied', ['phone']]])
    }
  })

  it('leaves nothing that would keep the same change from being applied afterwards', async () => {
    const change = aChange({ match: [ada.email], set: { phone: '1' } })
    await observe([change])
    expect(await live(change)).toMatchObject([{ outcome: 'applied', changed: ['phone'] }])
  })

  it('tells what Campaign holds already as unchanged', async () => {
    const change = aChange({ match: [ada.key], set: { firstName: 'Ada' } })
    expect(await observe([change])).toEqual([['observed', 'unchanged', []]])
  })

  it('tells superseded and duplicate by the clocks that were recorded when it was live', async () => {
    const change = aChange({ match: [ada.key], set: { phone: 'new' }, occurredAt: minute(2) })
    await live(change)
    const older = aChange({ match: [ada.email], set: { phone: 'old' }, occurredAt: minute(1) })
    const newer = aChange({ match: [ada.email], set: { phone: 'newer' }, occurredAt: minute(3) })
    for (const [given, code, changed] of [
      [change, 'duplicate', []],
      [older, 'superseded', []],
      [newer, 'applied', ['phone']],
    ] as const) {
      expect(await observe([given])).toEqual([['observed', code, changed]])
    }
  })

  it('merges the changes of one profile in a batch as it would when live', async () => {
    const change = (match: Person['key'], set: Change['set'], at: number) =>
      aChange({ match: [match], set, occurredAt: minute(at) })
    const last = change(ada.key, { phone: 'last' }, 3)
    const changes = [
      change(ada.email, { phone: 'first', fax: '2' }, 1),
      last,
      last,
      change(ada.email, { phone: 'second' }, 2),
      change(ada.key, { firstName: 'Ada' }, 1),
    ]
    const observed = await observe(changes)
    expect(observed).toEqual([
      ['observed', 'applied', ['fax']],
      ['observed', 'applied', ['phone']],
      ['observed', 'duplicate', []],
      ['observed', 'superseded', []],
      ['observed', 'unchanged', []],
    ])
    const lived = await delivery.outcomesOf(changes, delivery.startWorker({ VERIFY: 'always' }))
    expect(lived.map(({ outcome }) => outcome)).toEqual(observed.map(([, code]) => code))
  })

  it('tells what nobody matches as unmatched or waiting, by key and by email, and puts nothing aside', async () => {
    const changes = [nobody('email'), nobody('cusCrmId')].map((entry) =>
      aChange({ match: [entry], set: { phone: '1' } }),
    )
    for (const [unmatched, code] of [
      ['park', 'unmatched'],
      ['wait', 'waiting'],
    ]) {
      const told = changes.map(() => ['observed', code, []])
      expect(await observe(changes, { UNMATCHED: unmatched })).toEqual(told)
    }
  })

  it('looks by the next entry where the business key leads nowhere', async () => {
    const bob = aPerson(delivery, { cusCrmId: '' })
    const change = aChange({ match: [nobody('cusCrmId'), bob.email], set: { phone: '1' } })
    expect(await observe([change])).toEqual([['observed', 'applied', ['phone']]])
  })

  it('tells what two profiles share, and what names two people, as ambiguous', async () => {
    const bob = aPerson(delivery)
    delivery.campaign.addProfiles([{ email: bob.email.value }])
    const changes = [
      aChange({ match: [bob.email], set: { phone: '1' } }),
      aChange({ match: [nobody('cusCrmId'), ada.email], set: { phone: '1' } }),
      aChange({ match: [ada.key, aPerson(delivery).email], action: 'delete' }),
    ]
    expect(await observe(changes)).toEqual(changes.map(() => ['observed', 'ambiguous', []]))
  })

  it('tells a key that Campaign refuses as parked, and hurts nobody else with it', async () => {
    const malformed = { attribute: 'PKey', value: '@jksad' }
    const changes = [
      aChange({ match: [malformed], set: { phone: '1' } }),
      aChange({ match: [ada.key], set: { phone: '1' } }),
    ]
    expect(await observe(changes)).toEqual([
      ['observed', 'parked', []],
      ['observed', 'applied', ['phone']],
    ])
  })

  it('tells an organizational unit that Campaign does not know as parked, and what came with it as applied', async () => {
    const change = (set: Change['set'], at: number) =>
      aChange({ match: [ada.key], set, occurredAt: minute(at) })
    expect(await observe([change({ orgUnit: 'nowhere' }, 1), change({ phone: '1' }, 2)])).toEqual([
      ['observed', 'parked', []],
      ['observed', 'applied', ['phone']],
    ])
  })

  it('tells a deletion as applied, as unchanged where nobody is there, and as parked where somebody wrote since', async () => {
    const bob = aPerson(delivery)
    await live(aChange({ match: [bob.key], set: { phone: '1' }, occurredAt: minute(2) }))
    const deletion = (match: Person['key'], at: number) =>
      aChange({ match: [match], action: 'delete', occurredAt: minute(at) })
    expect(
      await observe([
        deletion(ada.key, 1),
        deletion(nobody('email'), 1),
        deletion(bob.email, 1),
        deletion(bob.key, 3),
      ]),
    ).toEqual([
      ['observed', 'applied', []],
      ['observed', 'unchanged', []],
      ['observed', 'parked', []],
      ['observed', 'applied', []],
    ])
  })

  it('tells what concerns somebody who was deleted when it was live: superseded, and the same deletion a duplicate', async () => {
    const deletion = (at: number) =>
      aChange({ match: [ada.email], action: 'delete', occurredAt: minute(at), id: `gone-${at}-${dialect}` })
    await live(deletion(2))
    const older = { match: [ada.email, ada.key], occurredAt: minute(1) } as const
    expect(
      await observe([
        deletion(1),
        deletion(2),
        deletion(3),
        aChange({ ...older, set: { phone: '1' } }),
        aChange({ ...older, action: 'upsert', set: { phone: '1' } }),
      ]),
    ).toEqual([
      ['observed', 'superseded', []],
      ['observed', 'duplicate', []],
      ['observed', 'unchanged', []],
      ['observed', 'superseded', []],
      ['observed', 'superseded', []],
    ])
  })

  it('leaves a change to be tried again while Campaign is away, and observes it after that', async () => {
    delivery.campaign.addFaults([{ match: { method: 'GET' }, times: 1, answer: { status: 503 } }])
    const change = aChange({ match: [ada.key], set: { phone: '1' } })
    const record = aRecord([change], { receivedAt: Date.now() })
    const told = () => delivery.log.lines.findLast(({ message }) => message === 'change.delivered')
    const answer = await delivery.deliverBatch([record], observer)
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: record.messageId }])
    expect(told()).toMatchObject({ outcome: 'deferred', code: 'unavailable' })
    expect(await delivery.deliverBatch([record], observer)).toEqual({ batchItemFailures: [] })
    expect(told()).toMatchObject({ outcome: 'observed', code: 'applied' })
  })

  it('observes as parked what Campaign could not be asked about for twelve days', async () => {
    delivery.campaign.addFaults([{ match: { method: 'GET' }, times: 1, answer: { status: 503 } }])
    const receivedAt = Date.now() - 12 * 24 * 3_600_000
    const record = aRecord([aChange({ match: [ada.key], set: { phone: '1' } })], { receivedAt })
    const before = await allThatIsWritten()
    const answer = await delivery.deliverBatch([record], observer)
    expect(answer).toEqual({ batchItemFailures: [] })
    expect(delivery.log.lines.at(-1)).toMatchObject({ outcome: 'observed', code: 'parked', changed: [] })
    expect(await allThatIsWritten()).toEqual(before)
  })

  it('names the profile by one pseudonym, whatever the change matches by, and never the person', async () => {
    const bob = aPerson(delivery)
    const lines = await delivery.outcomesOf(
      [
        aChange({ match: [ada.key], set: { phone: '1' } }),
        aChange({ match: [ada.email], set: { fax: '1' } }),
        aChange({ match: [ada.email, ada.key], action: 'upsert', set: { lastName: 'L' } }),
        aChange({ match: [ada.email], action: 'delete' }),
        aChange({ match: [bob.email], set: { phone: '1' } }),
      ],
      observer,
    )
    const [first, ...others] = lines.map(({ profile }) => profile)
    expect(first).toMatch(/^[\w-]{43}$/)
    expect(others.slice(0, -1)).toEqual([first, first, first])
    expect(others.at(-1)).not.toBe(first)
    expect(JSON.stringify(lines)).not.toMatch(/person-|crm-\d/)
  })
})
