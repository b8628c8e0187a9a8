import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, ResourceNotFoundException as NoSuchFunction } from '@aws-sdk/client-lambda'
import {
  GetSecretValueCommand,
  ResourceNotFoundException as NoSuchSecret,
} from '@aws-sdk/client-secrets-manager'
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AwsClients } from '../../infra/local/aws/aws-clients.ts'
import { type StandIns, startStandIns } from '../../infra/local/aws/stand-ins.ts'
import { handMovedTime } from '../support/hand-moved-time.ts'

const time = handMovedTime()
const reports: string[] = []
let standIns: StandIns
let clients: AwsClients
let message = 0

beforeAll(async () => {
  standIns = await startStandIns({
    secrets: { campaign: { organization: 'acme' }, sources: { direct: ['whsec_1'] } },
    time,
    report: (text) => reports.push(text),
  })
  clients = standIns.clients()
})
afterAll(() => standIns.close())
afterEach(() => vi.unstubAllEnvs())

const send = (QueueUrl: string, MessageBody: string) => {
  message += 1
  const fifo = { MessageGroupId: `group-${message}`, MessageDeduplicationId: String(message) }
  return clients.sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody, ...(QueueUrl.endsWith('.fifo') && fifo) }),
  )
}

const secretText = async (SecretId: string) =>
  (await clients.secretsManager.send(new GetSecretValueCommand({ SecretId }))).SecretString

const invoke = async (FunctionName: string, payload: unknown) => {
  const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload) })
  const { StatusCode, FunctionError, Payload } = await clients.lambda.send(command)
  return { StatusCode, FunctionError, answer: JSON.parse(Buffer.from(Payload ?? []).toString()) }
}

describe('queues', () => {
  it('have the settings that they have on AWS', async () => {
    const attributes = async (QueueUrl: string) =>
      (await clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })))
        .Attributes
    const { changes, consent, parked, inbox, waiting } = standIns.queues
    const everywhere = {
      VisibilityTimeout: '180',
      MessageRetentionPeriod: '1209600',
      MaximumMessageSize: '1048576',
    }
    const fifo = {
      ...everywhere,
      FifoQueue: 'true',
      ContentBasedDeduplication: 'false',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    }
    const RedrivePolicy = `{"deadLetterTargetArn":"${parked.arn}","maxReceiveCount":1000}`
    expect(await attributes(changes.url)).toMatchObject({ ...fifo, RedrivePolicy, QueueArn: changes.arn })
    expect(await attributes(consent.url)).toMatchObject({ ...fifo, RedrivePolicy, QueueArn: consent.arn })
    expect(await attributes(parked.url)).toMatchObject({ ...fifo, QueueArn: parked.arn })
    for (const [queue, VisibilityTimeout] of [
      [inbox, '180'],
      [waiting, '1800'],
    ] as const) {
      const standard = await attributes(queue.url)
      expect(standard).toMatchObject({ ...everywhere, QueueArn: queue.arn, VisibilityTimeout })
      expect(standard).not.toHaveProperty('FifoQueue')
    }
  })

  it('are counted with what is in flight, parked messages by code, and none of them notices', async () => {
    const { changes, consent, parked, inbox, waiting } = standIns.queues
    expect(await standIns.queueCounts()).toEqual({ changes: 0, consent: 0, inbox: 0, waiting: 0, parked: {} })
    await send(changes.url, '1')
    await send(changes.url, '2')
    await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: changes.url }))
    await send(consent.url, '3')
    await send(inbox.url, '4')
    await send(waiting.url, '5')
    await send(parked.url, '{"v":1,"parked":{"code":"ambiguous"}}')
    await send(parked.url, '{"v":1,"parked":{"code":"refused"}}')
    await send(parked.url, '{"v":1,"parked":{"code":"refused"}}')
    await send(parked.url, '{"v":1,"changes":[]}')
    await send(parked.url, 'no JSON')
    const counts = {
      changes: 2,
      consent: 1,
      inbox: 1,
      waiting: 1,
      parked: { ambiguous: 1, refused: 2, crashed: 2 },
    }
    expect(await standIns.queueCounts()).toEqual(counts)
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: parked.url,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    )
    expect(Messages.map((received) => received.Attributes?.ApproximateReceiveCount)).toEqual([
      '1',
      '1',
      '1',
      '1',
      '1',
    ])
    expect(await standIns.queueCounts()).toEqual(counts)
  })

  it('refuse a batch of more than a mebibyte', async () => {
    const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: Id.repeat(600_000) }))
    const sending = clients.sqs.send(
      new SendMessageBatchCommand({ QueueUrl: standIns.queues.inbox.url, Entries }),
    )
    await expect(sending).rejects.toMatchObject({ name: expect.stringContaining('BatchRequestTooLong') })
  })
})

describe('the ledger', () => {
  const TableName = 'ledger'
  const take = (identity: string, owner: string) =>
    clients.dynamodb.send(
      new UpdateItemCommand({
        TableName,
        Key: { identity: { S: identity } },
        UpdateExpression: 'SET leaseOwner = :owner',
        ConditionExpression: 'attribute_not_exists(leaseOwner)',
        ExpressionAttributeValues: { ':owner': { S: owner } },
        ReturnValues: 'ALL_NEW',
      }),
    )

  it('lets exactly one of many conditional writes win', async () => {
    const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`)
    const ends = await Promise.allSettled(owners.map((owner) => take('contended', owner)))
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1)
    const refused = ends.filter((end) => end.status === 'rejected').map((end) => end.reason.name)
    expect(new Set(refused)).toEqual(new Set(['ConditionalCheckFailedException']))
  })

  it('survives a call that is given up half way', async () => {
    const { hostname, port } = new URL(standIns.environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '')
    const call = connect(Number(port), hostname)
    call.write('POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n')
    // The server says "100 Continue": it waits for the body.
    await once(call, 'data')
    call.write('{"TableName":')
    call.destroy()
    await take('afterwards', 'owner')
    const { Item } = await clients.dynamodb.send(
      new GetItemCommand({ TableName, Key: { identity: { S: 'afterwards' } }, ConsistentRead: true }),
    )
    expect(Item).toEqual({ identity: { S: 'afterwards' }, leaseOwner: { S: 'owner' } })
  })
})

describe('secrets', () => {
  it('are read as given, counted, and as changed from then on', async () => {
    const before = standIns.secrets.reads('sources')
    expect(await secretText('sources')).toBe('{"direct":["whsec_1"]}')
    standIns.secrets.set('sources', { direct: ['whsec_2', 'whsec_1'] })
    expect(await secretText('sources')).toBe('{"direct":["whsec_2","whsec_1"]}')
    expect(standIns.secrets.reads('sources') - before).toBe(2)
  })

  it('hold a pseudonym key of the stack that nobody gave', async () => {
    expect(await secretText('pseudonym')).toMatch(/^[\w-]{43}$/)
  })

  it('are missed with the exception of the SDK', async () => {
    await expect(secretText('absent')).rejects.toBeInstanceOf(NoSuchSecret)
  })

  it('cannot be read while the service is out of reach', async () => {
    const before = standIns.secrets.reads()
    standIns.secrets.setReachable(false)
    await expect(secretText('campaign')).rejects.toThrow()
    expect(standIns.secrets.reads()).toBe(before)
    standIns.secrets.setReachable(true)
    expect(await secretText('campaign')).toBe('{"organization":"acme"}')
  })
})

describe('functions', () => {
  it('answer the payload they are invoked with, under a context of their own', async () => {
    standIns.registerFunction('deliver-now', async (event: { changes: string[] }, context) => ({
      got: event.changes,
      name: context.functionName,
      left: context.getRemainingTimeInMillis(),
    }))
    expect(await invoke('deliver-now', { changes: ['é'] })).toEqual({
      StatusCode: 200,
      FunctionError: undefined,
      answer: { got: ['é'], name: 'deliver-now', left: 30_000 },
    })
  })

  it('that throw are reported to the caller as unhandled', async () => {
    standIns.registerFunction('broken', async () => {
      throw new TypeError('boom')
    })
    expect(await invoke('broken', {})).toMatchObject({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      answer: { errorType: 'TypeError', errorMessage: 'boom' },
    })
    expect(reports).toContain('the function broken failed')
  })

  it('that outlive their time are reported as timed out', async () => {
    const stuck = Promise.withResolvers<void>()
    const handler = () => {
      time.move(1000)
      return stuck.promise
    }
    standIns.registerFunction('slow', handler, { timeoutMilliseconds: 1000 })
    expect(await invoke('slow', {})).toMatchObject({
      FunctionError: 'Unhandled',
      answer: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringContaining('timed out after 1.00 seconds'),
      },
    })
    stuck.resolve()
  })

  it('that do not exist are missed with the exception of the SDK', async () => {
    await expect(invoke('absent', {})).rejects.toBeInstanceOf(NoSuchFunction)
  })
})

describe('clients', () => {
  it('speak to the stand-ins whatever the shell says about AWS', async () => {
    const elsewhere = 'http://127.0.0.1:9'
    vi.stubEnv('AWS_PROFILE', 'production')
    vi.stubEnv('AWS_REGION', 'us-gov-east-1')
    vi.stubEnv('AWS_SESSION_TOKEN', 'token')
    vi.stubEnv('AWS_ENDPOINT_URL', elsewhere)
    vi.stubEnv('AWS_ENDPOINT_URL_SQS', elsewhere)
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', elsewhere)
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', elsewhere)
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', elsewhere)
    vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true')
    await using other = await startStandIns({ secrets: { campaign: 'c', sources: 's', pseudonym: 'p' } })
    const { sqs, dynamodb, secretsManager, lambda } = other.clients()
    other.registerFunction('echo', async (event) => event)
    await sqs.send(new SendMessageCommand({ QueueUrl: other.queues.inbox.url, MessageBody: '1' }))
    const Key = { identity: { S: 'x' } }
    expect((await dynamodb.send(new GetItemCommand({ TableName: 'ledger', Key }))).Item).toBeUndefined()
    const secret = await secretsManager.send(new GetSecretValueCommand({ SecretId: 'pseudonym' }))
    expect(secret.SecretString).toBe('p')
    expect((await lambda.send(new InvokeCommand({ FunctionName: 'echo' }))).StatusCode).toBe(200)
    expect(await other.queueCounts()).toMatchObject({ inbox: 1 })
  })

  it('find the stand-ins by the environment alone', async () => {
    vi.stubEnv('AWS_PROFILE', 'production')
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9')
    for (const [name, value] of Object.entries(standIns.environment)) vi.stubEnv(name, value)
    const sqs = new SQSClient()
    const dynamodb = new DynamoDBClient()
    const before = (await standIns.queueCounts()).inbox
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: standIns.queues.inbox.url,
        MessageBody: '1',
      }),
    )
    expect((await standIns.queueCounts()).inbox).toBe(before + 1)
    await dynamodb.send(
      new PutItemCommand({
        TableName: standIns.environment['LEDGER_TABLE'],
        Item: { identity: { S: 'environment' } },
      }),
    )
    sqs.destroy()
    dynamodb.destroy()
  })
})

it('leaves nothing behind that keeps a process alive', async () => {
  const program = `
    import { startPoller } from './infra/local/aws/poller.ts'
    import { startStandIns } from './infra/local/aws/stand-ins.ts'
    const standIns = await startStandIns({ secrets: { campaign: 'c', sources: 's' } })
    const { sqs } = standIns.clients()
    const { url, arn } = standIns.queues.changes
    const poller = startPoller({ sqs, queueUrl: url, queueArn: arn, handler: async () => undefined })
    await standIns.queueCounts()
    await poller.stop()
    await standIns.close()
    await standIns.close()
  `
  const run = promisify(execFile)
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', program], {
    timeout: 50_000,
  })
  expect(stdout + stderr).toBe('')
}, 60_000)
