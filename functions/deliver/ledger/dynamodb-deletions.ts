// Deletions in DynamoDB, two attributes of a name's item: `deleting` before one is sent, `tombstone` once it is confirmed.
import type { Clock } from '../../change/clock.ts'
import type { Items } from './dynamodb-items.ts'
import type { Ledger } from './ledger.ts'

export const dynamodbDeletions = (update: Items['update']): Pick<Ledger, 'intend' | 'spare' | 'bury'> => {
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
