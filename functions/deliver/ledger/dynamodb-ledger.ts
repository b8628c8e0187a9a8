// The ledger in DynamoDB: one item per profile, only GetItem and UpdateItem, no expiry.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import type { ConsentSent } from '../../change/consent-sent.ts'
import type { Clocks } from '../../change/merge.ts'
import type { Time } from '../../runtime/time.ts'
import { dynamodbDeletions } from './dynamodb-deletions.ts'
import { createDynamodbEvidence } from './dynamodb-evidence.ts'
import { clocksIn, consentSentIn, type Item, isRecorded, SET_SENT, sentValues } from './item.ts'
import { CLOCK_SKEW_MILLISECONDS, type Lease, type Ledger, LedgerError } from './ledger.ts'

export const createDynamodbLedger = (client: DynamoDBClient, table: string, time: Time): Ledger => {
  /** The item as it was before, or false where the condition did not hold. */
  const update = async (
    identity: string,
    input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
  ): Promise<Item | false> => {
    try {
      const answer = await client.send(
        new UpdateItemCommand({ TableName: table, Key: { identity: { S: identity } }, ...input }),
      )
      return answer.Attributes ?? {}
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false
      throw new LedgerError(error)
    }
  }

  const read = async (identity: string): Promise<Item> => {
    try {
      const key = { identity: { S: identity } }
      const answer = await client.send(
        new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
      )
      return answer.Item ?? {}
    } catch (error) {
      throw new LedgerError(error)
    }
  }

  /** Writes while the lease is ours: `change` is what follows the clocks in the update expression. */
  const updateOwned = (
    lease: Lease,
    clocks: Clocks,
    change: { set?: string; rest?: string; values?: Item; sent?: ConsentSent | undefined },
  ) => {
    const attributes = Object.entries(clocks)
    const sets = [
      ...attributes.map((_, n) => `clocks.#a${n} = :c${n}`),
      ...(change.sent ? [SET_SENT] : []),
      ...(change.set ? [change.set] : []),
    ]
    const expression = [...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []), change.rest ?? '']
      .join(' ')
      .trim()
    return update(lease.identity, {
      // DynamoDB takes no empty one; without it only the condition is asked.
      ...(expression !== '' && { UpdateExpression: expression }),
      ConditionExpression: 'leaseOwner = :owner',
      ...(attributes.length > 0 && {
        ExpressionAttributeNames: Object.fromEntries(
          attributes.map(([attribute], n) => [`#a${n}`, attribute]),
        ),
      }),
      ExpressionAttributeValues: {
        ':owner': { S: lease.owner },
        ...Object.fromEntries(attributes.map(([, clock], n) => [`:c${n}`, { S: clock }])),
        ...(change.sent && sentValues(change.sent)),
        ...change.values,
      },
    })
  }

  return {
    take: async ({ identity, owner, until }) => {
      const before = await update(identity, {
        UpdateExpression:
          'SET leaseOwner = :owner, leaseUntil = :until, clocks = if_not_exists(clocks, :none) ADD attempts :one',
        // Its own owner: the SDK sends again what lost its answer, and must not find itself locked out.
        ConditionExpression: 'attribute_not_exists(leaseOwner) OR leaseOwner = :owner OR leaseUntil < :past',
        ExpressionAttributeValues: {
          ':owner': { S: owner },
          ':until': { N: String(until) },
          ':past': { N: String(time.now() - CLOCK_SKEW_MILLISECONDS) },
          ':none': { M: {} },
          ':one': { N: '1' },
        },
        ReturnValues: 'ALL_OLD',
      })
      if (before === false) return undefined
      return {
        identity,
        owner,
        until,
        clocks: clocksIn(before),
        consentSent: consentSentIn(before),
        tombstone: before['tombstone']?.S,
        deleting: before['deleting']?.S,
        lastEndedAt: before['leaseUntil']?.N === undefined ? undefined : Number(before['leaseUntil'].N),
        // Its own owner was counted already, when the answer was lost.
        attempts: Number(before['attempts']?.N ?? 0) - (before['leaseOwner']?.S === owner ? 1 : 0),
      }
    },
    record: async (lease, clocks, sent) => (await updateOwned(lease, clocks, { sent })) !== false,
    giveBack: async (lease, clocks, sent, attempts = 0) => {
      const set = 'leaseUntil = :now, attempts = :attempts'
      const values = { ':now': { N: String(time.now()) }, ':attempts': { N: String(attempts) } }
      const given = await updateOwned(lease, clocks, {
        set,
        rest: 'REMOVE leaseOwner',
        values,
        sent,
      })
      // The SDK sends again what lost its answer; the second time the lease is no longer ours because it is given back.
      return given !== false || isRecorded(clocks, clocksIn(await read(lease.identity)))
    },
    shorten: async (lease, until) => {
      const values = { ':until': { N: String(until) }, ':zero': { N: '0' } }
      await updateOwned(lease, {}, { set: 'leaseUntil = :until, attempts = :zero', values })
    },
    restart: async (lease, clocks, sent = {}) => {
      const map = Object.fromEntries(Object.entries(clocks).map(([name, clock]) => [name, { S: clock }]))
      return (
        (await updateOwned(lease, {}, { set: 'clocks = :map', values: { ':map': { M: map } }, sent })) !==
        false
      )
    },
    read: async (identity) => {
      const item = await read(identity)
      const [tombstone, deleting] = [item['tombstone']?.S, item['deleting']?.S]
      return { clocks: clocksIn(item), consentSent: consentSentIn(item), tombstone, deleting }
    },
    ...dynamodbDeletions(update),
    evidence: createDynamodbEvidence(client, table),
  }
}
