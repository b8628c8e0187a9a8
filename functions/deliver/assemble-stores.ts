// What all workers share, in DynamoDB unless it is given.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Time } from '../runtime/time.ts'
import type { BudgetStore } from './budget/budget.ts'
import { createDynamodbBudget } from './budget/dynamodb-budget.ts'
import { createDynamodbEvidence } from './ledger/dynamodb-evidence.ts'
import { createDynamodbLedger } from './ledger/dynamodb-ledger.ts'
import type { Evidence } from './ledger/evidence.ts'
import type { Ledger } from './ledger/ledger.ts'

export type Stores = { readonly ledger: Ledger; readonly evidence: Evidence; readonly budget: BudgetStore }

export type StoresOptions = Partial<Stores> & {
  readonly clients: { readonly dynamodb: DynamoDBClient }
  readonly time: Time
}

export const assembleStores = (
  { clients: { dynamodb }, time, ledger, evidence, budget }: StoresOptions,
  table: string,
): Stores => ({
  ledger: ledger ?? createDynamodbLedger(dynamodb, table, time),
  evidence: evidence ?? createDynamodbEvidence(dynamodb, table),
  budget: budget ?? createDynamodbBudget(dynamodb, table),
})
