// A profile's item in DynamoDB, asked for and changed: by whoever comes, or while a lease is ours.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import type { ConsentSent } from '../../change/consent-sent.ts'
import type { Clocks } from '../../change/merge.ts'
import { type Item, SET_SENT, sentValues } from './item.ts'
import { type Lease, LedgerError } from './ledger.ts'

/** Every function throws LedgerError where the table cannot be asked. */
export const createItems = (client: DynamoDBClient, table: string) => {
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

  /** Writes while the lease is ours: the clocks, and what else is set and removed. */
  const updateOwned = (
    lease: Lease,
    clocks: Clocks,
    change: {
      set?: readonly string[]
      removed?: readonly string[]
      values?: Item
      sent?: ConsentSent | undefined
    },
  ) => {
    const attributes = Object.entries(clocks)
    const sets = [
      ...attributes.map((_, n) => `clocks.#a${n} = :c${n}`),
      ...(change.sent ? [SET_SENT] : []),
      ...(change.set ?? []),
    ]
    const parts = [
      ['SET', sets],
      ['REMOVE', change.removed ?? []],
    ] as const
    const expression = parts
      .flatMap(([word, own]) => (own.length > 0 ? [`${word} ${own.join(', ')}`] : []))
      .join(' ')
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

  return { update, read, updateOwned }
}
