// One suite, every store of the budget item: in memory, on dynalite and, where Java is, on Amazon's own DynamoDB Local.

import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BudgetStore, HEALTHY } from '../../../functions/deliver/budget/budget.ts'
import { createDynamodbBudget } from '../../../functions/deliver/budget/dynamodb-budget.ts'
import { LedgerError } from '../../../functions/deliver/ledger/ledger.ts'
import { createLedgerTable } from '../../../infra/local/aws/dynamodb-stand-in.ts'
import { startStandIns } from '../../../infra/local/aws/stand-ins.ts'
import { hasJava, startDynamodbLocal } from '../../support/dynamodb-local.ts'
import { memoryBudget } from '../../support/memory-budget.ts'

type Started = { readonly fresh: () => Promise<BudgetStore>; readonly close: () => Promise<void> }

const freshIn = (client: DynamoDBClient) => async () => {
  await client.send(new DeleteItemCommand({ TableName: 'ledger', Key: { identity: { S: 'budget' } } }))
  return createDynamodbBudget(client, 'ledger')
}

const kinds: Readonly<Record<string, () => Promise<Started>>> = {
  memory: async () => ({ fresh: async () => memoryBudget(), close: async () => {} }),
  dynalite: async () => {
    const standIns = await startStandIns({ secrets: { campaign: {}, sources: {} } })
    return { fresh: freshIn(standIns.clients().dynamodb), close: standIns.close }
  },
  'DynamoDB Local': async () => {
    const { client, close } = await startDynamodbLocal()
    await createLedgerTable(client, 'ledger')
    return { fresh: freshIn(client), close }
  },
}

const NOW = Date.parse('2026-11-22T10:00:00.000Z')
/** What a worker asks for that has seen `seenNextAt`. */
const wanted = (seenNextAt: number, change: object = {}) => ({
  revision: 0,
  seenNextAt,
  earliest: NOW,
  latest: NOW + 1000,
  milliseconds: 210.5,
  ...change,
})

describe.each(Object.keys(kinds).filter((kind) => kind !== 'DynamoDB Local' || hasJava()))(
  'the budget item (%s)',
  (kind) => {
    let started: Started
    let store: BudgetStore
    beforeAll(async () => {
      const start = kinds[kind]
      if (!start) throw new Error(`no store of kind ${kind}`)
      started = await start()
    }, 60_000)
    afterAll(() => started.close())
    beforeEach(async () => {
      store = await started.fresh()
    })

    it('is healthy, and nothing of it given away, before anybody has used it', async () => {
      expect(await store.read()).toEqual({ revision: 0, nextAt: 0, health: HEALTHY })
    })

    it('gives a piece from the wanted moment on, the next piece behind it, and fractions are kept', async () => {
      expect(await store.reserve(wanted(0))).toBe(NOW)
      expect(await store.reserve(wanted(NOW + 210.5))).toBeCloseTo(NOW + 210.5, 2)
      expect((await store.read()).nextAt).toBeCloseTo(NOW + 421, 2)
    })

    it('gives a piece behind what others took meanwhile', async () => {
      await store.reserve(wanted(0))
      await store.reserve(wanted(NOW))
      expect(await store.reserve(wanted(NOW + 1))).toBeCloseTo(NOW + 421, 2)
    })

    it('gives nothing to who believes that all is over when it is not, or the other way round', async () => {
      await store.reserve(wanted(0))
      expect(await store.reserve(wanted(0))).toBeUndefined()
      const later = { earliest: NOW + 5000, latest: NOW + 6000 }
      expect(await store.reserve(wanted(NOW + 7000, later))).toBeUndefined()
      expect((await store.read()).nextAt).toBeCloseTo(NOW + 210.5, 2)
    })

    it('starts anew where all that was given away is over', async () => {
      await store.reserve(wanted(0))
      const later = { earliest: NOW + 5000, latest: NOW + 6000 }
      expect(await store.reserve(wanted(NOW + 210.5, later))).toBe(NOW + 5000)
    })

    it('gives nothing that begins later than wanted', async () => {
      await store.reserve(wanted(0, { milliseconds: 1001 }))
      expect(await store.reserve(wanted(NOW))).toBeUndefined()
      expect(await store.reserve(wanted(NOW, { latest: NOW + 2000 }))).toBeCloseTo(NOW + 1001, 2)
    })

    it('gives twenty who ask at once pieces that do not overlap', async () => {
      await store.reserve(wanted(0))
      const all = Array.from({ length: 20 }, () => store.reserve(wanted(NOW, { latest: NOW + 60_000 })))
      const starts = (await Promise.all(all)).map((start) => start ?? 0).toSorted((a, b) => a - b)
      for (const [place, start] of starts.entries()) expect(start).toBeCloseTo(NOW + 210.5 * (place + 1), 1)
    })

    it('keeps a change of the health, and gives nothing more by the revision before it', async () => {
      const health = {
        ...HEALTHY,
        share: 0.25,
        slowedAt: NOW,
        faults: 3,
        faultSubject: 'somebody',
        subjects: 1,
      }
      expect(await store.change(0, health)).toBe(true)
      expect(await store.read()).toEqual({ revision: 1, nextAt: 0, health })
      expect(await store.reserve(wanted(0))).toBeUndefined()
      expect(await store.reserve(wanted(0, { revision: 1 }))).toBe(NOW)
      expect((await store.read()).health).toEqual(health)
    })

    it('takes one of many changes of the same revision', async () => {
      const all = Array.from({ length: 10 }, (_, n) => store.change(0, { ...HEALTHY, probes: n + 1 }))
      expect((await Promise.all(all)).filter((isChanged) => isChanged)).toHaveLength(1)
      expect(await store.change(0, HEALTHY)).toBe(false)
      expect(await store.change(1, HEALTHY)).toBe(true)
    })
  },
)

it('says that the ledger cannot be asked where its table is not there', async () => {
  const standIns = await startStandIns({ secrets: { campaign: {}, sources: {} } })
  const store = createDynamodbBudget(standIns.clients().dynamodb, 'another')
  await expect(store.read()).rejects.toThrow(LedgerError)
  await expect(store.reserve(wanted(0))).rejects.toThrow(LedgerError)
  await expect(store.change(0, HEALTHY)).rejects.toThrow(LedgerError)
  await standIns.close()
}, 30_000)
