// One suite, every ledger: in memory (for histories by the thousand), on dynalite (what npm start uses) and, where Java
// is, on Amazon's own DynamoDB Local.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDynamodbEvidence } from '../../functions/deliver/ledger/dynamodb-evidence.ts'
import { createDynamodbLedger } from '../../functions/deliver/ledger/dynamodb-ledger.ts'
import type { Evidence } from '../../functions/deliver/ledger/evidence.ts'
import { deathsOf } from '../../functions/deliver/ledger/in-hand.ts'
import type { Lease, Ledger } from '../../functions/deliver/ledger/ledger.ts'
import type { Time } from '../../functions/runtime/time.ts'
import { createLedgerTable } from '../../infra/local/aws/dynamodb-stand-in.ts'
import { startStandIns } from '../../infra/local/aws/stand-ins.ts'
import { hasJava, startDynamodbLocal } from '../support/dynamodb-local.ts'
import { memoryEvidence } from '../support/memory-evidence.ts'
import { memoryLedger } from '../support/memory-ledger.ts'

type Started = {
  readonly ledger: Ledger
  readonly evidence: Evidence
  readonly close: () => Promise<void>
}

const kinds: Readonly<Record<string, (time: Time) => Promise<Started>>> = {
  memory: async (time) => ({
    ledger: memoryLedger(time),
    evidence: memoryEvidence(),
    close: async () => {},
  }),
  dynalite: async (time) => {
    const standIns = await startStandIns({ secrets: { campaign: {}, sources: {} } })
    const { dynamodb } = standIns.clients()
    return {
      ledger: createDynamodbLedger(dynamodb, 'ledger', time),
      evidence: createDynamodbEvidence(dynamodb, 'ledger'),
      close: standIns.close,
    }
  },
  'DynamoDB Local': async (time) => {
    const { client, close } = await startDynamodbLocal()
    await createLedgerTable(client, 'ledger')
    return {
      ledger: createDynamodbLedger(client, 'ledger', time),
      evidence: createDynamodbEvidence(client, 'ledger'),
      close,
    }
  },
}

const START = Date.parse('2026-11-22T10:00:00.000Z')
let now = START
const time: Time = { now: () => now, sleep: async () => {} }

let made = 0
const anIdentity = () => {
  made += 1
  return `identity-${made}`
}

if (!hasJava()) process.stderr.write('no java here: the ledger is not tested on DynamoDB Local\n')

describe.each(Object.keys(kinds).filter((kind) => kind !== 'DynamoDB Local' || hasJava()))(
  'the ledger (%s)',
  (kind) => {
    let started: Started
    beforeAll(async () => {
      const start = kinds[kind]
      if (!start) throw new Error(`no ledger of kind ${kind}`)
      started = await start(time)
    }, 30_000)
    afterAll(() => started.close())
    const take = (identity: string, owner: string, until = now + 60_000, names: readonly string[] = []) =>
      started.ledger.take({ identity, owner, until, names })
    const taken = async (...wanted: Parameters<typeof take>) => {
      const lease = await take(...wanted)
      if (!lease) throw new Error('the lease is held')
      return lease
    }

    it('records nothing where there is nothing to record, as long as the lease is ours', async () => {
      const identity = anIdentity()
      const lease = await taken(identity, 'a')
      expect(await started.ledger.record(lease, {})).toBe(true)
      await started.ledger.giveBack(lease, {})
      expect(await started.ledger.record(lease, {})).toBe(false)
    })

    it('gives a lease on a profile it has never seen, with no clocks', async () => {
      expect(await take(anIdentity(), 'me')).toMatchObject({ owner: 'me', clocks: {} })
    })

    it('gives one of fifty who ask at once the lease', async () => {
      const identity = anIdentity()
      const leases = await Promise.all(Array.from({ length: 50 }, (_, n) => take(identity, `owner-${n}`)))
      expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1)
    })

    it('gives a lease that was given back to the next, with the clocks recorded in the same write', async () => {
      const identity = anIdentity()
      const lease = await taken(identity, 'me')
      expect(await started.ledger.giveBack(lease, { phone: 'c1', 'location.city': 'c2' })).toBe(true)
      expect(await take(identity, 'you')).toMatchObject({
        clocks: { phone: 'c1', 'location.city': 'c2' },
        lastEndedAt: now,
      })
    })

    it('keeps the clocks of other attributes when some are recorded', async () => {
      const identity = anIdentity()
      await started.ledger.giveBack(await taken(identity, 'me'), { phone: 'c1', email: 'c1' })
      await started.ledger.giveBack(await taken(identity, 'me again'), { phone: 'c2' })
      expect((await taken(identity, 'you')).clocks).toEqual({ phone: 'c2', email: 'c1' })
    })

    it('records clocks and keeps the lease', async () => {
      const identity = anIdentity()
      const lease = await taken(identity, 'me')
      expect(await started.ledger.record(lease, { phone: 'c1' })).toBe(true)
      expect(await take(identity, 'you')).toBeUndefined()
    })

    it('holds a lease until it has run out by anybody’s clock, two seconds later', async () => {
      const identity = anIdentity()
      now = START
      await taken(identity, 'me', START + 10_000)
      now = START + 12_000
      expect(await take(identity, 'you')).toBeUndefined()
      now = START + 12_001
      expect(await take(identity, 'you')).toMatchObject({ owner: 'you', lastEndedAt: START + 10_000 })
    })

    it('lets a shortened lease run out at its new end', async () => {
      const identity = anIdentity()
      now = START
      await started.ledger.shorten(await taken(identity, 'me', START + 90_000), START + 5000)
      now = START + 6000
      expect(await take(identity, 'you')).toBeUndefined()
      now = START + 7001
      expect(await take(identity, 'you')).toBeDefined()
    })

    it('records nothing for an owner whose lease somebody else has taken', async () => {
      const identity = anIdentity()
      now = START
      const lost = await taken(identity, 'me', START + 1000)
      now = START + 3001
      await taken(identity, 'you')
      expect(await started.ledger.record(lost, { phone: 'c1' })).toBe(false)
      expect(await started.ledger.giveBack(lost, { phone: 'c1' })).toBe(false)
      await started.ledger.shorten(lost, START)
      expect(await take(identity, 'another')).toBeUndefined()
    })

    it('starts the clocks again for a record that is gone, for the owner of the lease alone', async () => {
      const identity = anIdentity()
      now = START
      const lost = await taken(identity, 'me', START + 1000)
      await started.ledger.record(lost, { phone: 'c1', email: 'c1' })
      now = START + 3001
      const held = await taken(identity, 'you')
      expect(await started.ledger.restart(lost, {})).toBe(false)
      expect(await started.ledger.restart(held, { phone: 'c7' })).toBe(true)
      expect(await started.ledger.read(identity)).toEqual({ clocks: { phone: 'c7' }, tombstone: undefined })
    })

    const sent = { from: START, until: START + 60_000, clock: 'c1' }
    const consentSent = { blackListEmail: { ...sent, before: { ...sent, clock: 'c0' } }, ccpaOptOut: sent }

    it('remembers the flags that were sent while the lease is ours, and tells them with the next', async () => {
      const identity = anIdentity()
      const lease = await taken(identity, 'me')
      expect(lease.consentSent).toBeUndefined()
      expect(await started.ledger.record(lease, {}, consentSent)).toBe(true)
      expect(await started.ledger.read(identity)).toMatchObject({ clocks: {}, consentSent })
      expect(await started.ledger.giveBack(lease, { blackListEmail: 'c1' }, { ccpaOptOut: sent })).toBe(true)
      expect(await started.ledger.record(lease, {}, consentSent)).toBe(false)
      const next = await taken(identity, 'you')
      expect(next.consentSent).toEqual({ ccpaOptOut: sent })
    })

    it('keeps the flags that were sent while clocks are recorded, and forgets them with a record that is gone', async () => {
      const identity = anIdentity()
      const lease = await taken(identity, 'me')
      await started.ledger.record(lease, {}, consentSent)
      await started.ledger.record(lease, { phone: 'c1' })
      expect((await started.ledger.read(identity)).consentSent).toEqual(consentSent)
      await started.ledger.restart(lease, { phone: 'c1' }, { ccpaOptOut: sent })
      expect((await started.ledger.read(identity)).consentSent).toEqual({ ccpaOptOut: sent })
      await started.ledger.restart(lease, {})
      expect((await started.ledger.read(identity)).consentSent).toBeUndefined()
    })

    it('keeps the latest tombstone and tells it with the lease', async () => {
      const identity = anIdentity()
      expect((await started.ledger.read(identity)).tombstone).toBeUndefined()
      await started.ledger.bury(identity, 'c2')
      await started.ledger.bury(identity, 'c1')
      expect((await started.ledger.read(identity)).tombstone).toBe('c2')
      expect(await take(identity, 'me')).toMatchObject({ tombstone: 'c2', clocks: {} })
    })

    it('keeps the latest deletion that nobody has confirmed until that one is called off, apart from a tombstone', async () => {
      const identity = anIdentity()
      await started.ledger.spare(identity, 'c1')
      expect((await started.ledger.read(identity)).deleting).toBeUndefined()
      await started.ledger.intend(identity, 'c2')
      await started.ledger.intend(identity, 'c1')
      await started.ledger.bury(identity, 'c1')
      await started.ledger.spare(identity, 'c1')
      expect(await started.ledger.read(identity)).toMatchObject({ deleting: 'c2', tombstone: 'c1' })
      expect(await take(identity, 'me')).toMatchObject({ deleting: 'c2', tombstone: 'c1', clocks: {} })
      await started.ledger.spare(identity, 'c2')
      expect((await started.ledger.read(identity)).deleting).toBeUndefined()
      expect((await started.ledger.read(identity)).tombstone).toBe('c1')
    })

    it('tells how often a lease was taken and never ended, until one ends it', async () => {
      const identity = anIdentity()
      now = START
      for (const attempts of [0, 1, 2]) {
        expect(await take(identity, `owner-${attempts}`, now)).toMatchObject({ attempts })
        now += 2001
      }
      await started.ledger.giveBack(await taken(identity, 'me'), {})
      await started.ledger.shorten(await taken(identity, 'you'), now)
      now += 2001
      expect(await take(identity, 'another')).toMatchObject({ attempts: 0 })
    })

    const NAMES = ['poison__', 'harmless'] as const
    const [POISON, HARMLESS] = NAMES
    /** How often each of the two was in hand when a lease was not ended: among others, and alone. */
    const deathsIn = (lease: Lease) => NAMES.map((name) => Object.values(deathsOf(lease, name)))
    /** Takes the lease and leaves it to run out. */
    const die = async (identity: string, names: readonly string[], alone?: string) => {
      const lease = await taken(identity, `owner-${now}`, now, names)
      if (alone) expect(await started.ledger.begin({ ...lease, names: [alone] })).toBe(true)
      now += 2001
      return lease
    }

    it('tells who was in hand when a lease was not ended, also after somebody else has ended well', async () => {
      const identity = anIdentity()
      now = START
      expect(deathsIn(await die(identity, NAMES))).toEqual([
        [0, 0],
        [0, 0],
      ])
      await die(identity, [POISON])
      await started.ledger.giveBack(await taken(identity, 'well', now + 1, [HARMLESS]), {})
      expect(deathsIn(await die(identity, []))).toEqual([
        [2, 0],
        [0, 0],
      ])
      await started.ledger.shorten(await taken(identity, 'lost', now + 1, [POISON]), now)
      now += 2001
      expect((await taken(identity, 'next')).marks).toEqual([])
    })

    it('blames nobody else for who was begun alone, and no more once that has ended', async () => {
      const identity = anIdentity()
      now = START
      await die(identity, NAMES, POISON)
      await die(identity, NAMES, POISON)
      const lease = await taken(identity, 'passed', now + 1, NAMES)
      expect(deathsIn(lease)).toEqual([
        [0, 2],
        [0, 0],
      ])
      await started.ledger.giveBack(lease, {}, undefined, true)
      expect(deathsIn(await die(identity, [HARMLESS], HARMLESS))).toEqual([
        [0, 2],
        [0, 0],
      ])
      await started.ledger.giveBack(await taken(identity, 'well', now + 1, [POISON]), {})
      const next = await taken(identity, 'next')
      expect([deathsIn(next), next.attempts]).toEqual([
        [
          [0, 0],
          [0, 1],
        ],
        0,
      ])
      expect(await started.ledger.begin({ ...lease, names: [POISON] })).toBe(false)
    })

    it('forgets who was in hand a day after any change is given up', async () => {
      const identity = anIdentity()
      now = START
      await die(identity, [POISON])
      now += 13 * 24 * 3_600_000
      await die(identity, [HARMLESS])
      expect(deathsIn(await taken(identity, 'next'))).toEqual([
        [0, 0],
        [1, 0],
      ])
    })

    it('counts unexplained refusals by change, from the first, until they are forgotten', async () => {
      const { evidence } = started
      const identity = anIdentity()
      await evidence.noteUnexplained(identity, ['a direct'], START)
      expect(await evidence.noteUnexplained(identity, ['a direct', 'b direct'], START + 5)).toEqual({
        'a direct': { count: 2, firstAt: START },
        'b direct': { count: 1, firstAt: START + 5 },
      })
      await evidence.forgetUnexplained(identity, 'a direct')
      expect(await evidence.noteUnexplained(identity, ['a direct'], START + 9)).toMatchObject({
        'a direct': { count: 1, firstAt: START + 9 },
        'b direct': { count: 1 },
      })
      expect(await take(identity, 'me')).toMatchObject({ clocks: {}, attempts: 0 })
    })

    it('keeps the latest success of any number of profiles in one item', async () => {
      const { evidence } = started
      expect((await evidence.readSuccesses()).size).toBe(0)
      await evidence.noteSuccess(['Ada…', 'Bob…'], START)
      await evidence.noteSuccess(['Bill…'], START + 7)
      await evidence.noteSuccess([], START + 8)
      expect(await evidence.readSuccesses()).toEqual(
        new Map([
          ['A', START],
          ['B', START + 7],
        ]),
      )
    })
  },
)
