// MODE=observe where profiles would be made or completed: told as it would come, and nobody is made.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Change, MatchEntry } from '../../functions/change/change.ts'
import type { Deliver } from '../../functions/deliver/deliver.ts'
import type { Environment } from '../../functions/runtime/config.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aPerson } from '../support/person.ts'
import { aChange } from '../support/records.ts'
import { methodsSince, watchAll } from '../support/untouched.ts'

const minute = (number: number) => Date.parse('2026-11-22T09:00:00Z') + number * 60_000
let made = 0
const newcomer = (): readonly [key: MatchEntry, email: MatchEntry] => {
  made += 1
  return [
    { attribute: 'cusCrmId', value: `new-${made}` },
    { attribute: 'email', value: `new-${made}@example.com` },
  ]
}

describe.each(['standard', 'v8'] as const)(
  'observing creations at a Campaign of the dialect %s',
  (dialect) => {
    let delivery: Delivery
    let allThatIsWritten: ReturnType<typeof watchAll>
    let observer: Deliver
    beforeAll(async () => {
      delivery = await startDelivery({ environment: { CAMPAIGN_DIALECT: dialect } })
      delivery.campaign.settings({ dialect })
      allThatIsWritten = watchAll(delivery)
      observer = delivery.startWorker({ MODE: 'observe' })
    })
    afterAll(() => delivery[Symbol.asyncDispose]())

    const observe = async (changes: readonly Change[], environment?: Environment) => {
      const before = await allThatIsWritten()
      const asked = delivery.campaign.requests().length
      const worker = environment ? delivery.startWorker({ MODE: 'observe', ...environment }) : observer
      const lines = await delivery.outcomesOf(changes, worker)
      expect(await allThatIsWritten()).toEqual(before)
      expect(methodsSince(delivery.campaign, asked)).toEqual(['GET'])
      return lines.map(({ outcome, code, changed }) => [outcome, code, changed])
    }
    const live = async (changes: readonly Change[], environment: Environment) => {
      const lines = await delivery.outcomesOf(changes, delivery.startWorker(environment))
      return lines.map(({ outcome }) => outcome)
    }

    it('tells an upsert, and with UNMATCHED=create any change of nobody, as created with its attributes', async () => {
      const [key, email] = newcomer()
      const set = { firstName: 'Eve', phone: '1' }
      const upsert = aChange({ match: [key, email], action: 'upsert', set })
      expect(await observe([upsert])).toEqual([['observed', 'created', ['firstName', 'phone']]])
      const update = aChange({ match: [email], set })
      expect(await observe([update], { UNMATCHED: 'create' })).toEqual([
        ['observed', 'created', ['firstName', 'phone']],
      ])
      expect(await observe([update])).toEqual([['observed', 'waiting', []]])
    })

    it('tells several changes of one newcomer as they would end together', async () => {
      const [key, email] = newcomer()
      const change = (set: Change['set'], at: number) =>
        aChange({ match: [key, email], action: 'upsert', set, occurredAt: minute(at) })
      const last = change({ phone: 'last' }, 3)
      const changes = [
        change({ phone: 'first', fax: '2' }, 1),
        last,
        last,
        change({ phone: 'second' }, 2),
        change({}, 1),
      ]
      const observed = await observe(changes)
      expect(observed).toEqual([
        ['observed', 'created', ['fax']],
        ['observed', 'created', ['phone']],
        ['observed', 'duplicate', []],
        ['observed', 'superseded', []],
        ['observed', 'created', []],
      ])
      expect(await live(changes, {})).toEqual(observed.map(([, code]) => code))
    })

    it('tells which keys of a profile that is there an upsert would fill', async () => {
      const bob = aPerson(delivery, { cusCrmId: '', firstName: 'Bob' })
      const [key] = newcomer()
      const upsert = (set: Change['set']) => aChange({ match: [key, bob.email], action: 'upsert', set })
      for (const [set, changed] of [
        [{ phone: '1', firstName: 'Bob' }, ['cusCrmId', 'phone']],
        [{ firstName: 'Bob' }, ['cusCrmId']],
        [{}, ['cusCrmId']],
      ] as const) {
        expect(await observe([upsert(set)])).toEqual([['observed', 'applied', changed]])
      }
    })

    it('tells a flag that stays closed where the profile is made anew, since the ledger knows it as closed', async () => {
      const ada = aPerson(delivery)
      const change = (set: Change['set'], at: number) =>
        aChange({ match: [ada.key], action: 'upsert', set, occurredAt: minute(at) })
      await live([change({ blackListEmail: true }, 2)], {})
      await delivery.asCampaignUser('DELETE', String(ada.profile()['PKey']))
      const opened = (at: number) => observe([change({ blackListEmail: false, phone: '1' }, at)])
      expect(await opened(1)).toEqual([['observed', 'created', ['phone']]])
      expect(await opened(3)).toEqual([['observed', 'created', ['blackListEmail', 'phone']]])
    })

    it('tells a change that only a PKey names as unmatched, since nobody can be made by it', async () => {
      const gone = aPerson(delivery)
      const PKey = String(gone.profile()['PKey'])
      await delivery.asCampaignUser('DELETE', PKey)
      const change = aChange({ match: [{ attribute: 'PKey', value: PKey }], set: { phone: '1' } })
      expect(await observe([change], { UNMATCHED: 'create' })).toEqual([['observed', 'unmatched', []]])
      // As live, where an upsert waits that has nothing to make a profile by.
      const upsert = aChange({ match: change.match, action: 'upsert', set: { phone: '1' } })
      expect(await observe([upsert], { UNMATCHED: 'wait' })).toEqual([['observed', 'waiting', []]])
      expect(await live([upsert], { UNMATCHED: 'wait' })).toEqual(['waiting'])
    })
  },
)
