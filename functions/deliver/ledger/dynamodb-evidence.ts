// The evidence in DynamoDB: `unexplained` in a profile's item, and one item for the successes of all.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createItems } from './dynamodb-items.ts'
import { type Evidence, slotOf, type UnexplainedByChange, withRefusals } from './evidence.ts'
import { HEALTH, type Item } from './item.ts'

/** Names of the attributes of the item `health`, before the slot. */
const SUCCEEDED = 'succeeded-'

export const createDynamodbEvidence = (client: DynamoDBClient, table: string): Evidence => {
  const { update, read } = createItems(client, table)

  // Read, changed and written back without a condition: of two workers that refuse changes of one profile at one moment
  // one may lose a count, which costs one more try.
  const write = async (identity: string, unexplained: UnexplainedByChange): Promise<void> => {
    await update(identity, {
      UpdateExpression: 'SET unexplained = :map',
      ExpressionAttributeValues: { ':map': { M: toMap(unexplained) } },
    })
  }

  return {
    noteUnexplained: async (identity, changes, at) => {
      const held = unexplainedIn(await read(identity))
      const noted = withRefusals(held, changes, at)
      if (noted !== held) await write(identity, noted)
      return noted
    },
    forgetUnexplained: async (identity, change) => {
      const { [change]: _, ...rest } = unexplainedIn(await read(identity))
      await write(identity, rest)
    },
    noteSuccess: async (identities, at) => {
      const slots = [...new Set(identities.map(slotOf))]
      if (slots.length === 0) return
      await update(HEALTH, {
        UpdateExpression: `SET ${slots.map((_, place) => `#s${place} = :at`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(
          slots.map((slot, place) => [`#s${place}`, SUCCEEDED + slot]),
        ),
        ExpressionAttributeValues: { ':at': { N: String(at) } },
      })
    },
    readSuccesses: async () => {
      const item = Object.entries(await read(HEALTH))
      return new Map(
        item.flatMap(([name, { N }]) =>
          name.startsWith(SUCCEEDED) && N !== undefined ? [[name.slice(SUCCEEDED.length), Number(N)]] : [],
        ),
      )
    },
  }
}

/** Each change is a list of two numbers: how often, and when first. */
const toMap = (unexplained: UnexplainedByChange): Item =>
  Object.fromEntries(
    Object.entries(unexplained).map(([change, { count, firstAt }]) => [
      change,
      { L: [{ N: String(count) }, { N: String(firstAt) }] },
    ]),
  )

const unexplainedIn = (item: Item): UnexplainedByChange =>
  Object.fromEntries(
    Object.entries(item['unexplained']?.M ?? {}).map(([change, { L }]) => [
      change,
      { count: Number(L?.[0]?.N), firstAt: Number(L?.[1]?.N) },
    ]),
  )
