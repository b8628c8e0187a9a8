// The ledger in DynamoDB: one item per profile, only GetItem and UpdateItem, no expiry.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Time } from '../../runtime/time.ts'
import { dynamodbDeletions } from './dynamodb-deletions.ts'
import { createItems } from './dynamodb-items.ts'
import { createUpdateOwned } from './dynamodb-owned.ts'
import { marksAlone, marksLeft, marksTaken } from './in-hand.ts'
import { clocksIn, consentSentIn, holdingMarks, isRecorded, leaseOf } from './item.ts'
import { CLOCK_SKEW_MILLISECONDS, type Ledger } from './ledger.ts'

export const createDynamodbLedger = (client: DynamoDBClient, table: string, time: Time): Ledger => {
  const { update, read } = createItems(client, table)
  const updateOwned = createUpdateOwned(update)
  return {
    take: async (wanted) => {
      const { identity, owner, until, names } = wanted
      const taken = marksTaken(names, until)
      const before = await update(identity, {
        UpdateExpression: `SET leaseOwner = :owner, leaseUntil = :until, clocks = if_not_exists(clocks, :none) ADD attempts :one${taken.length > 0 ? ', inHand :taken' : ''}`,
        // Its own owner: the SDK sends again what lost its answer, and must not find itself locked out.
        ConditionExpression: 'attribute_not_exists(leaseOwner) OR leaseOwner = :owner OR leaseUntil < :past',
        ExpressionAttributeValues: {
          ':owner': { S: owner },
          ':until': { N: String(until) },
          ':past': { N: String(time.now() - CLOCK_SKEW_MILLISECONDS) },
          ':none': { M: {} },
          ':one': { N: '1' },
          ...(taken.length > 0 && { ':taken': { SS: [...taken] } }),
        },
        ReturnValues: 'ALL_OLD',
      })
      return before && leaseOf(wanted, before)
    },
    begin: async (lease) => {
      const { set, values } = holdingMarks(marksAlone(lease))
      return updateOwned(lease, {}, { set, values })
    },
    record: (lease, clocks, sent) => updateOwned(lease, clocks, { sent }),
    giveBack: async (lease, clocks, sent, isPassed = false) => {
      const left = holdingMarks(marksLeft(lease, isPassed))
      const given = await updateOwned(lease, clocks, {
        set: ['leaseUntil = :now', 'attempts = :attempts', ...left.set],
        removed: ['leaseOwner', ...left.removed],
        values: {
          ':now': { N: String(time.now()) },
          ':attempts': { N: String(isPassed ? lease.attempts : 0) },
          ...left.values,
        },
        sent,
      })
      // The SDK sends again what lost its answer; the second time the lease is no longer ours because it is given back.
      return given || isRecorded(clocks, clocksIn(await read(lease.identity)))
    },
    shorten: async (lease, until) => {
      const { set, removed, values } = holdingMarks(marksLeft(lease, false))
      await updateOwned(
        lease,
        {},
        {
          set: ['leaseUntil = :until', 'attempts = :zero', ...set],
          removed,
          values: { ':until': { N: String(until) }, ':zero': { N: '0' }, ...values },
        },
      )
    },
    restart: async (lease, clocks, sent = {}) => {
      const map = Object.fromEntries(Object.entries(clocks).map(([name, clock]) => [name, { S: clock }]))
      return updateOwned(lease, {}, { set: ['clocks = :map'], values: { ':map': { M: map } }, sent })
    },
    read: async (identity) => {
      const item = await read(identity)
      const [tombstone, deleting] = [item['tombstone']?.S, item['deleting']?.S]
      return { clocks: clocksIn(item), consentSent: consentSentIn(item), tombstone, deleting }
    },
    ...dynamodbDeletions(update),
  }
}
