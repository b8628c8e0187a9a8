// The budget in DynamoDB: one item of the ledger's table, only GetItem and UpdateItem.
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createItems, type Update } from '../ledger/dynamodb-items.ts'
import { BUDGET, type Item } from '../ledger/item.ts'
import { type BudgetStore, HEALTHY, type Health, type Wanted } from './budget.ts'

export const createDynamodbBudget = (client: DynamoDBClient, table: string): BudgetStore => {
  const items = createItems(client, table)

  /** What was written, or undefined where the condition did not hold. */
  const update = (
    revision: number,
    condition: string,
    { ExpressionAttributeValues, ...input }: Update,
  ): Promise<Item | undefined> => {
    const isSame = revision === 0 ? 'attribute_not_exists(revision)' : 'revision = :revision'
    return items.update(BUDGET, {
      ConditionExpression: condition === '' ? isSame : `${isSame} AND (${condition})`,
      ExpressionAttributeValues: {
        ...ExpressionAttributeValues,
        ...(revision > 0 && { ':revision': number(revision) }),
      },
      ReturnValues: 'UPDATED_NEW',
      ...input,
    })
  }

  return {
    read: async () => {
      const item = await items.read(BUDGET)
      return {
        revision: Number(item['revision']?.N ?? 0),
        nextAt: Number(item['nextAt']?.N ?? 0),
        health: readHealth(item['health']?.M ?? {}),
      }
    },
    reserve: async (wanted) => {
      const { revision, earliest, milliseconds } = wanted
      // The SDK sends again what lost its answer: moments are then given away that nobody uses, never the same ones twice.
      const written = await (isOver(wanted)
        ? update(revision, 'attribute_not_exists(nextAt) OR nextAt < :earliest', {
            UpdateExpression: 'SET nextAt = :end',
            ExpressionAttributeValues: {
              ':earliest': number(earliest),
              ':end': number(earliest + milliseconds),
            },
          })
        : update(revision, 'nextAt BETWEEN :earliest AND :latest', {
            UpdateExpression: 'SET nextAt = nextAt + :milliseconds',
            ExpressionAttributeValues: {
              ':earliest': number(earliest),
              ':latest': number(wanted.latest),
              ':milliseconds': number(milliseconds),
            },
          }))
      return written?.['nextAt']?.N === undefined ? undefined : Number(written['nextAt'].N) - milliseconds
    },
    change: async (revision, health) => {
      const written = await update(revision, '', {
        UpdateExpression: 'SET health = :health, revision = :next',
        ExpressionAttributeValues: {
          ':health': { M: writeHealth(health) },
          ':next': number(revision + 1),
        },
      })
      return written !== undefined
    },
  }
}

/** Whether everything that was given away, as far as it was seen, is over before the piece may begin. */
export const isOver = ({ seenNextAt, earliest }: Wanted): boolean => seenNextAt < earliest

const number = (value: number): AttributeValue => ({ N: String(value) })

const writeHealth = (health: Health): Item =>
  Object.fromEntries(
    Object.entries(health).map(([name, value]) => [
      name,
      typeof value === 'string' ? { S: value } : number(value),
    ]),
  )

const readHealth = (item: Item): Health => {
  const numberOf = (name: keyof Health) => Number(item[name]?.N ?? HEALTHY[name])
  return {
    share: numberOf('share'),
    slowedAt: numberOf('slowedAt'),
    pausedUntil: numberOf('pausedUntil'),
    faults: numberOf('faults'),
    faultsSince: numberOf('faultsSince'),
    lastFaultAt: numberOf('lastFaultAt'),
    faultSubject: item['faultSubject']?.S ?? '',
    subjects: numberOf('subjects'),
    probeAt: numberOf('probeAt'),
    probes: numberOf('probes'),
  }
}
