// Deletions in DynamoDB, two attributes of a name's item: `deleting` before one is sent, `tombstone` once it is confirmed.
import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../change/clock.ts'
import type { Ledger } from './ledger.ts'

/** Writes one item where the condition holds. Throws LedgerError. */
type Update = (identity: string, input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>) => Promise<unknown>

export const dynamodbDeletions = (update: Update): Pick<Ledger, 'intend' | 'spare' | 'bury'> => {
  const raise = (attribute: 'deleting' | 'tombstone') => async (identity: string, clock: Clock) => {
    await update(identity, {
      UpdateExpression: `SET ${attribute} = :clock`,
      ConditionExpression: `attribute_not_exists(${attribute}) OR ${attribute} < :clock`,
      ExpressionAttributeValues: { ':clock': { S: clock } },
    })
  }
  return {
    intend: raise('deleting'),
    spare: async (identity, clock) => {
      await update(identity, {
        UpdateExpression: 'REMOVE deleting',
        ConditionExpression: 'deleting = :clock',
        ExpressionAttributeValues: { ':clock': { S: clock } },
      })
    },
    bury: raise('tombstone'),
  }
}
