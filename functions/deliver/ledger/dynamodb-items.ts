// Items of the table in DynamoDB, asked for and changed: only GetItem and UpdateItem.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import type { Item } from './item.ts'
import { LedgerError } from './ledger.ts'

/** What an update says besides the item it is of. */
export type Update = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>

/** Every function throws LedgerError where the table cannot be asked. */
export type Items = {
  /** What `ReturnValues` asks for, or undefined where the condition did not hold. */
  readonly update: (identity: string, update: Update) => Promise<Item | undefined>
  /** Empty where there is none. */
  readonly read: (identity: string) => Promise<Item>
}

export const createItems = (client: DynamoDBClient, table: string): Items => {
  const keyOf = (identity: string) => ({ TableName: table, Key: { identity: { S: identity } } })
  return {
    update: async (identity, update) => {
      try {
        const answer = await client.send(new UpdateItemCommand({ ...keyOf(identity), ...update }))
        return answer.Attributes ?? {}
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined
        throw new LedgerError(error)
      }
    },
    read: async (identity) => {
      try {
        const answer = await client.send(new GetItemCommand({ ...keyOf(identity), ConsistentRead: true }))
        return answer.Item ?? {}
      } catch (error) {
        throw new LedgerError(error)
      }
    },
  }
}
