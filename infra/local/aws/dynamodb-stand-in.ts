// DynamoDB on one machine: dynalite, in memory, behind a server of ours.
import { createServer } from 'node:http'
import { CreateTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { type Listening, listen } from './listen.ts'

/** Starts an empty DynamoDB on a free port of this machine. */
export const startDynamodb = async (): Promise<Listening> => {
  const store = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 })
  const server = createServer((request, response) => {
    store.emit('request', request, response)
    // dynalite throws when a client leaves before its answer, which would end the process: an aborted call must not.
    request.removeAllListeners('error')
    request.on('error', () => undefined)
  })
  return listen(server, 0)
}

/** Creates the ledger's table, key `identity`, on demand; resolves when it can be used. */
export const createLedgerTable = async (dynamodb: DynamoDBClient, TableName: string): Promise<void> => {
  const created = await dynamodb.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'identity', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'identity', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  let status = created.TableDescription?.TableStatus
  while (status !== 'ACTIVE') {
    status = (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus
  }
}
