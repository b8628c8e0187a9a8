// The stack, told as a change walks through it. Its parts are in the folder beside it.
import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import type { Stage } from './context.ts'
import { limits } from './limits.ts'
import { addOperations } from './operations.ts'
import { settingsOf } from './settings.ts'
import { addBus } from './stack/bus.ts'
import { addCustomerKey } from './stack/encryption.ts'
import { addFunction, takeFrom } from './stack/functions.ts'
import { addApi, addRoutes } from './stack/gateway.ts'
import { grantPrivileges } from './stack/privileges.ts'
import { addQueues } from './stack/queues.ts'
import { removalPolicyOf } from './stack/removal.ts'
import { addSecrets } from './stack/secrets.ts'

/** One stage, complete. Without account and region in `stage` it deploys wherever the credentials of `cdk deploy` lead. */
export const createStack = (app: App, stage: Stage): Stack => {
  const stack = new Stack(app, `CampaignProfileSync-${stage.name}`, {
    description: `Changes of CRMs become changes of profiles in Adobe Campaign (${stage.name})`,
    terminationProtection: stage.retain,
    ...(stage.account && stage.region && { env: { account: stage.account, region: stage.region } }),
  })
  const removalPolicy = removalPolicyOf(stage.retain)

  // What lies between the functions, and what they remember.
  const key = stage.customerKey ? addCustomerKey(stack, stage.retain) : undefined
  const queues = addQueues(stack, { key, retain: stage.retain })
  const secrets = addSecrets(stack, stage)
  // Nothing in it expires: a clock that is gone would let an old edit win.
  const ledger = new TableV2(stack, 'Ledger', {
    partitionKey: { name: 'identity', type: AttributeType.STRING },
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.dynamoOwnedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: stage.retain,
    removalPolicy,
  })
  const queueUrls = {
    CHANGES_QUEUE_URL: queues.changes.queueUrl,
    CONSENT_QUEUE_URL: queues.consent.queueUrl,
    PARKED_QUEUE_URL: queues.parked.queueUrl,
  }
  const pseudonym = { PSEUDONYM_SECRET_ID: secrets.pseudonym.secretArn }
  const sources = { SOURCES: Object.keys(stage.mappings.sources).join(',') }

  // A CRM posts …
  const api = addApi(stack, stage)
  const publicUrl = stage.publicUrl ?? api.apiEndpoint
  const deliverEnvironment = {
    ...settingsOf('deliver', stage.settings),
    ...queueUrls,
    ...pseudonym,
    WAITING_QUEUE_URL: queues.waiting.queueUrl,
    CAMPAIGN_SECRET_ID: secrets.campaign.secretArn,
    LEDGER_TABLE: ledger.tableName,
  }
  const deliverNow = addFunction(stack, 'deliver-now', stage, {
    description: 'Applies the changes of senders who wait for the end',
    timeoutSeconds: limits.deliverTimeoutSeconds,
    environment: deliverEnvironment,
    reservedConcurrency: stage.concurrency['deliver-now'],
  })
  const webhook = addFunction(stack, 'webhook', stage, {
    description: 'Proves who sent a webhook, decodes it into changes, queues them',
    timeoutSeconds: limits.acceptTimeoutSeconds,
    environment: {
      ...settingsOf('webhook', stage.settings),
      ...queueUrls,
      ...pseudonym,
      ...sources,
      SOURCES_SECRET_ID: secrets.sources.secretArn,
      DELIVER_NOW_FUNCTION: deliverNow.function.functionName,
      PUBLIC_URL: publicUrl,
    },
  })
  addRoutes(api, webhook.function)

  // … or an event comes over a bus: into the inbox, and from there the same way.
  const eventBus = addBus(stack, stage, queues, key)
  const bus = addFunction(stack, 'bus', stage, {
    description: 'Decodes events of the bus and bodies of the inbox into changes, queues them',
    timeoutSeconds: limits.deliverTimeoutSeconds,
    environment: { ...settingsOf('bus', stage.settings), ...queueUrls, ...pseudonym, ...sources },
  })
  takeFrom(queues.inbox, bus, stage.concurrency.bus)

  // The changes of one profile at a time are applied; an opt-out overtakes a backlog.
  const deliver = addFunction(stack, 'deliver', stage, {
    description: 'Applies queued changes to profiles in Adobe Campaign',
    timeoutSeconds: limits.deliverTimeoutSeconds,
    environment: deliverEnvironment,
  })
  takeFrom(queues.consent, deliver, stage.concurrency.consent)
  takeFrom(queues.changes, deliver, stage.concurrency.changes)

  // What waits for its profile is tried again.
  const mover = addFunction(stack, 'mover', stage, {
    description: 'Puts changes that wait for their profile back into the changes queue',
    timeoutSeconds: limits.moverTimeoutSeconds,
    environment: { WAITING_QUEUE_URL: queues.waiting.queueUrl, CHANGES_QUEUE_URL: queues.changes.queueUrl },
  })
  new Rule(stack, 'MoverSchedule', {
    schedule: Schedule.rate(Duration.hours(stage.moveWaitingEveryHours)),
    targets: [new LambdaFunction(mover.function, { deadLetterQueue: queues.missed })],
  })

  // A person sends parked changes again and reads the logs.
  const operator = new Role(stack, 'Operator', {
    description: 'For npm run redrive and npm run outcomes; reads bodies of parked changes',
    assumedBy: new AccountRootPrincipal(),
  })

  const functions = { webhook, bus, deliver, 'deliver-now': deliverNow, mover }
  grantPrivileges({
    functions,
    operator,
    arns: {
      'queue inbox': queues.inbox.queueArn,
      'queue changes': queues.changes.queueArn,
      'queue consent': queues.consent.queueArn,
      'queue parked': queues.parked.queueArn,
      'queue waiting': queues.waiting.queueArn,
      'secret sources': secrets.sources.secretArn,
      'secret campaign': secrets.campaign.secretArn,
      'secret pseudonym': secrets.pseudonym.secretArn,
      'function deliver-now': deliverNow.function.functionArn,
      'table ledger': ledger.tableArn,
    },
    key,
  })

  addOperations(stack, {
    stage: stage.name,
    queues,
    functions,
    api,
    table: ledger,
    moveWaitingEveryHours: stage.moveWaitingEveryHours,
    ...(stage.alarmTopic !== undefined && {
      topic: Topic.fromTopicArn(stack, 'AlarmTopic', stage.alarmTopic),
    }),
  })

  addOutputs(stack, {
    WebhookUrl: `${publicUrl}/webhooks/{source}`,
    EventBus: eventBus.eventBusName,
    InboxUrl: queues.inbox.queueUrl,
    SourcesSecret: secrets.sources.secretArn,
    CampaignSecret: secrets.campaign.secretArn,
    WebhookLogGroup: webhook.log.logGroupName,
    BusLogGroup: bus.log.logGroupName,
    DeliverLogGroup: deliver.log.logGroupName,
    DeliverNowLogGroup: deliverNow.log.logGroupName,
    DeliverFunction: deliver.function.functionName,
    DeliverNowFunction: deliverNow.function.functionName,
    OperatorRole: operator.roleArn,
    // What npm run redrive asks for.
    ParkedQueueUrl: queues.parked.queueUrl,
    ChangesQueueUrl: queues.changes.queueUrl,
    ConsentQueueUrl: queues.consent.queueUrl,
    PseudonymSecret: secrets.pseudonym.secretArn,
  })
  return stack
}

const addOutputs = (stack: Stack, outputs: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value })
}
