// What a stage is made of, one claim each, and what a setting of cdk.json changes.
import { describe, expect, it } from 'vitest'
import { constructIdOf, FUNCTION_NAMES } from '../../infra/function-names.ts'
import { limits } from '../../infra/limits.ts'
import { busMappings, PARTNER_BUS, synthStage } from './synth-stage.ts'

const stage = await synthStage({ settings: { BUSINESS_KEY: 'cusCrmId', CALLS_PER_SECOND: 20 } }, busMappings)
const other = await synthStage(
  {
    customerKey: true,
    retain: false,
    sources: { shop: false },
    partnerBuses: [PARTNER_BUS],
    logRetentionDays: 90,
    concurrency: { changes: 40, 'deliver-now': 7 },
    publicUrl: 'https://hooks.example.com',
  },
  busMappings,
)
const environmentOf = (id: string, from = stage) =>
  (from.propertiesOf(id)['Environment'] as { Variables: Record<string, unknown> }).Variables
const FUNCTIONS = FUNCTION_NAMES.map(constructIdOf)
const QUEUES = ['Inbox', 'Changes', 'Consent', 'Waiting', 'Parked', 'Crashed', 'Undelivered', 'Missed']

describe('queues', () => {
  it.each(QUEUES)('%s is encrypted by SQS and keeps fourteen days', (id) => {
    expect(stage.propertiesOf(id)).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: limits.retentionSeconds,
    })
  })
  it.each(['Changes', 'Consent', 'Parked'])('%s is a FIFO queue of high throughput', (id) => {
    expect(stage.propertiesOf(id)).toMatchObject({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      ContentBasedDeduplication: false,
    })
  })
  it.each([
    ['Changes', 'Parked'],
    ['Consent', 'Parked'],
    ['Inbox', 'Undelivered'],
    ['Waiting', 'Crashed'],
  ])('%s puts into %s what was handed out a thousand times', (id, after) => {
    const { RedrivePolicy } = stage.propertiesOf(id) as { RedrivePolicy: Record<string, unknown> }
    expect(RedrivePolicy['maxReceiveCount']).toBe(limits.maxReceiveCount)
    expect(stage.referred(RedrivePolicy['deadLetterTargetArn'])).toBe(after)
  })
  it.each(QUEUES)('%s refuses whoever comes without TLS', (id) => {
    const { PolicyDocument } = stage.propertiesOf(`${id}/Policy`) as { PolicyDocument: object }
    expect(JSON.stringify(PolicyDocument)).toContain('{"Bool":{"aws:SecureTransport":"false"}}')
  })
  it('hide a message six times as long as its function may take', () => {
    const hidden = (id: string) => stage.propertiesOf(id)['VisibilityTimeout']
    const takes = (id: string) => Number(stage.propertiesOf(id)['Timeout'])
    expect(hidden('Changes')).toBe(6 * takes('Deliver'))
    expect(hidden('Consent')).toBe(6 * takes('Deliver'))
    expect(hidden('Inbox')).toBe(6 * takes('Bus'))
    expect(hidden('Waiting')).toBe(6 * takes('Mover'))
  })
})

describe('functions', () => {
  it.each(FUNCTIONS)('%s runs Node 24 on arm64', (id) => {
    expect(stage.propertiesOf(id)).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] })
  })
  it.each(FUNCTIONS)('%s writes JSON into a log group of its own, and of Lambda only warnings', (id) => {
    const { LoggingConfig } = stage.propertiesOf(id) as { LoggingConfig: Record<string, unknown> }
    expect(LoggingConfig).toMatchObject({
      LogFormat: 'JSON',
      SystemLogLevel: 'WARN',
      ApplicationLogLevel: 'INFO',
    })
    expect(stage.referred(LoggingConfig['LogGroup'])).toBe(`${id}Log`)
  })
  it('answers within the time that API Gateway waits', () => {
    expect(Number(stage.propertiesOf('Webhook')['Timeout'])).toBeLessThan(limits.gatewayTimeoutSeconds)
  })
  it.each([
    ['Bus/FromInbox', 'Inbox', 5, 5],
    ['Deliver/FromConsent', 'Consent', 5, 5],
    ['Deliver/FromChanges', 'Changes', 10, 40],
  ])('%s takes ten at a time, hears which ones failed, and is bounded', (id, queue, standard, set) => {
    const mapping = stage.propertiesOf(id)
    expect(mapping).toMatchObject({
      BatchSize: limits.batchSize,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: standard },
    })
    expect(stage.referred(mapping['EventSourceArn'])).toBe(queue)
    expect(other.propertiesOf(id)).toMatchObject({ ScalingConfig: { MaximumConcurrency: set } })
  })
  it('deliver-now is the same code as deliver, with a concurrency of its own', () => {
    expect(stage.propertiesOf('DeliverNow')['Code']).toEqual(stage.propertiesOf('Deliver')['Code'])
    expect(stage.propertiesOf('DeliverNow')['ReservedConcurrentExecutions']).toBe(5)
    expect(other.propertiesOf('DeliverNow')['ReservedConcurrentExecutions']).toBe(7)
    expect(stage.propertiesOf('Deliver')).not.toHaveProperty('ReservedConcurrentExecutions')
  })
  it('have the settings that they read, and no others', () => {
    expect(environmentOf('Deliver')).toMatchObject({ BUSINESS_KEY: 'cusCrmId', CALLS_PER_SECOND: '20' })
    expect(environmentOf('Webhook')).toMatchObject({ BUSINESS_KEY: 'cusCrmId' })
    expect(environmentOf('Webhook')).not.toHaveProperty('CALLS_PER_SECOND')
    expect(Object.keys(environmentOf('Mover')).toSorted()).toEqual([
      'CHANGES_QUEUE_URL',
      'POWERTOOLS_METRICS_NAMESPACE',
      'WAITING_QUEUE_URL',
    ])
  })
  it('know the address that senders sign', () => {
    expect(stage.referred(environmentOf('Webhook')['PUBLIC_URL'])).toBe('Api')
    expect(environmentOf('Webhook', other)['PUBLIC_URL']).toBe('https://hooks.example.com')
  })
  it('moves what waits every six hours', () => {
    expect(stage.propertiesOf('MoverSchedule')).toMatchObject({ ScheduleExpression: 'rate(6 hours)' })
  })
})

describe('the HTTP API', () => {
  it('has two routes', () => {
    expect(
      stage
        .ofType('AWS::ApiGatewayV2::Route')
        .map(({ Properties }) => Properties['RouteKey'])
        .toSorted(),
    ).toEqual(['ANY /webhooks/{source}', 'GET /health'])
  })
  it('is throttled', () => {
    expect(stage.propertiesOf('ApiStage')).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
    })
  })
  it('logs nothing that a caller wrote: no body, path, query, header or address', () => {
    const { AccessLogSettings } = stage.propertiesOf('ApiStage') as { AccessLogSettings: { Format: string } }
    const told = Object.values(JSON.parse(AccessLogSettings.Format)).map(String)
    expect(told).toContain('$context.status')
    expect(told.filter((text) => /path|query|header|body|identity|authorizer|domain/i.test(text))).toEqual([])
  })
})

describe('the bus', () => {
  const rules = (from: typeof stage) =>
    from.ofType('AWS::Events::Rule').filter(({ Properties }) => Properties['EventPattern'] !== undefined)

  it('puts what belongs to a source into the inbox, whole', () => {
    const { EventPattern, Targets } = stage.propertiesOf('OwnRule') as {
      EventPattern: object
      Targets: [Record<string, unknown>]
    }
    expect(EventPattern).toEqual({ source: ['com.example.shop', 'com.example.till'] })
    expect(stage.referred(Targets[0]['Arn'])).toBe('Inbox')
    expect(Object.keys(Targets[0]).filter((name) => name.startsWith('Input'))).toEqual([])
  })
  it.each([
    ['has a bus of its own', stage, { OwnRule: ['Undelivered'], MoverSchedule: ['Missed'] }],
    [
      'listens to a partner too',
      other,
      { OwnRule: ['Undelivered'], PartnerRule0: ['Undelivered'], MoverSchedule: ['Missed'] },
    ],
  ])('has a dead-letter queue for each target of each rule, where a stage %s', (_, from, queues) => {
    const all = from.ofType('AWS::Events::Rule').map(({ id, Properties }) => {
      const { Targets } = Properties as { Targets: { DeadLetterConfig?: { Arn: unknown } }[] }
      return [id, Targets.map(({ DeadLetterConfig }) => from.referred(DeadLetterConfig?.Arn))] as const
    })
    expect(Object.fromEntries(all)).toEqual(queues)
  })
  it('is archived for thirty days, as far as the events belong to a source', () => {
    expect(stage.propertiesOf('Archive')).toMatchObject({
      RetentionDays: 30,
      EventPattern: { source: ['com.example.shop', 'com.example.till'] },
    })
  })
  it('of a partner is listened to where the stage names it', () => {
    expect(rules(stage).map(({ id }) => id)).toEqual(['OwnRule'])
    expect(other.propertiesOf('PartnerRule0')).toMatchObject({
      EventBusName: PARTNER_BUS,
      EventPattern: { source: [PARTNER_BUS] },
    })
  })
  it('has no rule for a source that is switched off', () => {
    expect(JSON.stringify(other.template)).not.toContain('com.example.shop')
    expect(rules(other).map(({ id }) => id)).toEqual(['OwnRule', 'PartnerRule0'])
  })
})

describe('the ledger', () => {
  it('is paid by the request, can be restored to any second, and nobody deletes it by mistake', () => {
    expect(stage.propertiesOf('Ledger')).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'identity', KeyType: 'HASH' }],
      Replicas: [
        {
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          DeletionProtectionEnabled: true,
        },
      ],
    })
  })
  it('forgets nothing: a clock that expired would let an old edit win', () => {
    expect(stage.propertiesOf('Ledger')).not.toHaveProperty('TimeToLiveSpecification')
  })
})

describe('secrets', () => {
  const secrets = stage.ofType('AWS::SecretsManager::Secret')

  it('are three, of which one is generated and two hold nothing until somebody puts it there', () => {
    expect(secrets.map(({ id, Properties }) => [id, Properties['SecretString'] ?? 'generated'])).toEqual([
      ['Sources', '{}'],
      ['Campaign', '{}'],
      ['Pseudonym', 'generated'],
    ])
  })
  it('are not overwritten by a deployment that switches a source', () => {
    const of = (from: typeof stage) =>
      from.ofType('AWS::SecretsManager::Secret').map(({ Properties }) => Properties['SecretString'])
    expect(of(other)).toEqual(of(stage))
  })
  it('are known to functions by name only', () => {
    const variables = FUNCTIONS.flatMap((id) => Object.entries(environmentOf(id)))
    const named = variables.filter(([name]) => name.endsWith('_SECRET_ID'))
    expect(named.map(([, value]) => stage.referred(value)).toSorted()).toEqual([
      'Campaign',
      'Campaign',
      'Pseudonym',
      'Pseudonym',
      'Pseudonym',
      'Pseudonym',
      'Sources',
    ])
    expect(JSON.stringify(variables)).not.toMatch(/resolve:secretsmanager/)
  })
  it('of a source that is switched off are not asked for, whatever lies there', () => {
    expect(environmentOf('Webhook')['SOURCES']).toBe('direct,hubspot,shop,till,partner')
    expect(environmentOf('Webhook', other)['SOURCES']).toBe('direct,hubspot,till,partner')
    expect(environmentOf('Bus', other)['SOURCES']).toBe('direct,hubspot,till,partner')
  })
})

describe('a key of the customer’s own', () => {
  it('encrypts every queue, the bus and the archive where it is asked for', () => {
    const byKey = other
      .ofType('AWS::SQS::Queue')
      .filter(({ Properties }) => other.referred(Properties['KmsMasterKeyId']) === 'BodiesKey')
    expect(byKey.map(({ id }) => id).toSorted()).toEqual(QUEUES.toSorted())
    for (const id of ['OwnBus', 'Archive'])
      expect(other.referred(other.propertiesOf(id)['KmsKeyIdentifier'])).toBe('BodiesKey')
    expect(stage.ofType('AWS::KMS::Key')).toEqual([])
  })
  it('may be used by EventBridge, for this account alone', () => {
    const { KeyPolicy, EnableKeyRotation } = other.propertiesOf('BodiesKey') as {
      KeyPolicy: { Statement: Record<string, unknown>[] }
      EnableKeyRotation: unknown
    }
    const granted = KeyPolicy.Statement.filter(
      ({ Principal }) => JSON.stringify(Principal) === '{"Service":"events.amazonaws.com"}',
    )
    expect(granted.flatMap(({ Action }) => Action)).toEqual(
      expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey']),
    )
    expect(
      granted.filter(
        ({ Condition }) =>
          !JSON.stringify(Condition).includes('"aws:SourceAccount":{"Ref":"AWS::AccountId"}'),
      ),
    ).toEqual([])
    expect(EnableKeyRotation).toBe(true)
  })
})

describe('what remains', () => {
  const STATEFUL = [
    'AWS::SQS::Queue',
    'AWS::DynamoDB::GlobalTable',
    'AWS::SecretsManager::Secret',
    'AWS::Logs::LogGroup',
  ]
  // The access log has a name of its own, which would be taken the next time.
  const policies = (from: typeof stage) => {
    const held = STATEFUL.flatMap((type) => from.ofType(type)).filter(({ id }) => id !== 'ApiLog')
    return new Set(held.map(({ DeletionPolicy }) => DeletionPolicy))
  }

  it('outlives the stack, though not a first deployment that fails, unless the stage says otherwise', () => {
    expect([...policies(stage)]).toEqual(['RetainExceptOnCreate'])
    expect([...policies(other)]).toEqual(['Delete'])
  })
  it('are logs for as many days as the stage says', () => {
    const days = (from: typeof stage) =>
      from.ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties['RetentionInDays'])
    expect(days(stage)).toEqual([30, 30, 30, 30, 30, 30])
    expect(days(other)).toEqual([90, 90, 90, 90, 90, 90])
  })
})
