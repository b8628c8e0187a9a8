// A profile's item in DynamoDB, changed while its lease is ours.
import type { ConsentSent } from '../../change/consent-sent.ts'
import type { Clocks } from '../../change/merge.ts'
import type { Items } from './dynamodb-items.ts'
import { type Item, SET_SENT, sentValues } from './item.ts'
import type { Lease } from './ledger.ts'

/** What is set and removed besides the clocks, and the values it names. */
export type Owned = {
  readonly set?: readonly string[]
  readonly removed?: readonly string[]
  readonly values?: Item
  readonly sent?: ConsentSent | undefined
}

/** Writes the clocks and the rest in one; false where the lease is not ours any more. Throws LedgerError. */
export const createUpdateOwned =
  (update: Items['update']) =>
  async (lease: Lease, clocks: Clocks, { set = [], removed = [], values, sent }: Owned): Promise<boolean> => {
    const attributes = Object.entries(clocks)
    const sets = [...attributes.map((_, n) => `clocks.#a${n} = :c${n}`), ...(sent ? [SET_SENT] : []), ...set]
    const parts = [
      ['SET', sets],
      ['REMOVE', removed],
    ] as const
    const expression = parts
      .flatMap(([word, own]) => (own.length > 0 ? [`${word} ${own.join(', ')}`] : []))
      .join(' ')
    const written = await update(lease.identity, {
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
        ...(sent && sentValues(sent)),
        ...values,
      },
    })
    return written !== undefined
  }
