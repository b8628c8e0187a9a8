// The budget in DynamoDB: one item of the ledger's table, only GetItem and UpdateItem.
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import { LedgerError } from '../ledger/ledger.ts'
import { type BudgetStore, HEALTHY, type Health, type Wanted } from './budget.ts'

type Item = Record<string, AttributeValue>

/** No pseudonym is that short. */
const KEY = { identity: { S: 'budget' } }

export const createDynamodbBudget = (client: DynamoDBClient, table: string): BudgetStore => {
  /** What was written, or undefined where the condition did not hold. */
  const update = async (
    revision: number,
    condition: string,
    { ExpressionAttributeValues, ...input }: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
  ): Promise<Item | undefined> => {
    const isSame = revision === 0 ? 'attribute_not_exists(revision)' : 'revision = :revision'
    try {
      const answer = await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: KEY,
          ConditionExpression: condition === '' ? isSame : `${isSame} AND (${condition})`,
          ExpressionAttributeValues: {
            ...ExpressionAttributeValues,
            ...(revision > 0 && { ':revision': number(revision) }),
          },
          ReturnValues: 'UPDATED_NEW',
          ...input,
        }),
      )
      return answer.Attributes ?? {}
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined
      throw new LedgerError(error)
    }
  }

  return {
    read: async () => {
      try {
        const answer = await client.send(
          new GetItemCommand({ TableName: table, Key: KEY, ConsistentRead: true }),
        )
        const { Item: item = {} } = answer
        return {
          revision: Number(item['revision']?.N ?? 0),
          nextAt: Number(item['nextAt']?.N ?? 0),
          health: readHealth(item['health']?.M ?? {}),
        }
      } catch (error) {
        throw new LedgerError(error)
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
