// What each role may do, told thrice: by the template, by the table in infra/README.md, and by the claims below.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { constructIdOf, FUNCTION_NAMES } from '../../infra/function-names.ts'
import { busMappings, synthStage } from './synth-stage.ts'

const stage = await synthStage({}, busMappings)
const withKey = await synthStage({ customerKey: true }, busMappings)

/** Of the template: `DeliverNowRole` is that of deliver-now. */
const ROLES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(FUNCTION_NAMES.map((name) => [`${constructIdOf(name)}Role`, name])),
  Operator: 'operator',
}
const list = z.union([z.string().transform((one) => [one]), z.array(z.string())])
const policySchema = z.object({
  PolicyDocument: z.object({
    Statement: z.array(
      z.object({
        Effect: z.literal('Allow'),
        Action: list,
        Resource: z.unknown().transform((given) => (Array.isArray(given) ? given : [given])),
      }),
    ),
  }),
})

/** `who action on what`, from the template. */
const grantedIn = (from: typeof stage): readonly string[] =>
  from.ofType('AWS::IAM::Policy').flatMap(({ id, Properties }) => {
    const who = ROLES[id.split('/')[0] ?? ''] ?? id
    const { Statement } = policySchema.parse(Properties).PolicyDocument
    return Statement.flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => Resource.map((resource) => `${who} ${action} on ${nameOf(from, resource)}`)),
    )
  })
const KINDS: Readonly<Record<string, string>> = {
  'AWS::SQS::Queue': 'queue',
  'AWS::SecretsManager::Secret': 'secret',
  'AWS::DynamoDB::GlobalTable': 'table',
  'AWS::Logs::LogGroup': 'log of',
  'AWS::Lambda::Function': 'function',
  'AWS::KMS::Key': 'key',
}
const FUNCTIONS: Readonly<Record<string, string>> = Object.fromEntries(
  FUNCTION_NAMES.flatMap((name) =>
    [constructIdOf(name), `${constructIdOf(name)}Log`].map((id) => [id, name]),
  ),
)
const nameOf = (from: typeof stage, resource: unknown): string => {
  const id = from.referred(resource)
  if (id === undefined) return JSON.stringify(resource)
  const type = from.resources.find((one) => one.id === id)?.Type ?? ''
  return `${KINDS[type] ?? type} ${FUNCTIONS[id] ?? id.toLowerCase()}`
}
const granted = grantedIn(stage)
const of = (who: string, from = granted) =>
  from.flatMap((line) => (line.startsWith(`${who} `) ? [line.slice(who.length + 1)] : [])).toSorted()

/** `who action on what`, from rows `| who | actions | resources |`; a resource is its kind and its name. Brackets explain. */
const toldIn = (readme: string): readonly string[] => {
  const table = /<!-- privileges -->\n([\s\S]*?)<!-- \/privileges -->/.exec(readme)?.[1] ?? ''
  const rows = table.trim().split('\n').slice(2)
  return rows.flatMap((row) => {
    const [who = '', actions = '', resources = ''] = row
      .replaceAll('`', '')
      .replaceAll(/ \([^)]*\)/g, '')
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    return actions
      .split(', ')
      .flatMap((action) => resources.split(', ').map((resource) => `${who} ${action} on ${resource}`))
  })
}

it('is told by the table in infra/README.md as the template has it', () => {
  const readme = readFileSync(new URL('../../infra/README.md', import.meta.url), 'utf8')
  expect(toldIn(readme).toSorted()).toEqual(granted.toSorted())
})

describe('a role', () => {
  it('of a function is nobody else’s, and has no policy but its own', () => {
    const roles = stage.ofType('AWS::IAM::Role')
    expect(roles.map(({ id }) => id).toSorted()).toEqual(Object.keys(ROLES).toSorted())
    expect(
      roles.filter(({ Properties }) => Properties['ManagedPolicyArns'] || Properties['Policies']),
    ).toEqual([])
    const users = stage
      .ofType('AWS::Lambda::Function')
      .map(({ id, Properties }) => [stage.referred(Properties['Role']), id])
    expect(users.filter(([role, id]) => role !== `${id}Role`)).toEqual([])
  })
  it('has no wildcard, neither in an action nor in a resource', () => {
    const policies = stage.ofType('AWS::IAM::Policy').map(({ Properties }) => Properties['PolicyDocument'])
    expect(policies.length).toBe(6)
    expect(JSON.stringify(policies)).not.toContain('*')
  })
  it('has its policy before a mapping needs it', () => {
    for (const { Properties } of stage.ofType('AWS::Lambda::EventSourceMapping')) {
      const id = stage.referred(Properties['FunctionName'])
      const waitsFor = stage.resources.find((one) => one.id === id)?.DependsOn ?? []
      const policy = stage.resources.find((one) => one.id === `${id}Role/DefaultPolicy`)
      expect(waitsFor).toContain(policy?.logicalId)
    }
  })
})

describe('accept', () => {
  it('reads its two secrets, sends to three queues, and invokes deliver-now', () => {
    expect(of('webhook')).toEqual([
      'lambda:InvokeFunction on function deliver-now',
      'logs:CreateLogStream on log of webhook',
      'logs:PutLogEvents on log of webhook',
      'secretsmanager:GetSecretValue on secret pseudonym',
      'secretsmanager:GetSecretValue on secret sources',
      'sqs:SendMessage on queue changes',
      'sqs:SendMessage on queue consent',
      'sqs:SendMessage on queue parked',
    ])
  })
  it('of the bus takes from the inbox, and reads no secret of a source', () => {
    expect(of('bus').filter((line) => line.includes('inbox'))).toEqual([
      'sqs:ChangeMessageVisibility on queue inbox',
      'sqs:DeleteMessage on queue inbox',
      'sqs:GetQueueAttributes on queue inbox',
      'sqs:ReceiveMessage on queue inbox',
    ])
    expect(of('bus').filter((line) => line.includes('secret '))).toEqual([
      'secretsmanager:GetSecretValue on secret pseudonym',
    ])
  })
})

describe('deliver', () => {
  it('gets and updates the ledger and does nothing else with it', () => {
    const ledger = granted.filter((line) => line.includes('table'))
    expect(ledger.toSorted()).toEqual(
      ['deliver', 'deliver-now'].flatMap((who) => [
        `${who} dynamodb:GetItem on table ledger`,
        `${who} dynamodb:UpdateItem on table ledger`,
      ]),
    )
  })
  it('sends to parked and waiting, and back to the queues it takes from', () => {
    expect(of('deliver').filter((line) => line.startsWith('sqs:SendMessage'))).toEqual([
      'sqs:SendMessage on queue changes',
      'sqs:SendMessage on queue consent',
      'sqs:SendMessage on queue parked',
      'sqs:SendMessage on queue waiting',
    ])
  })
  it('-now touches no queue', () => {
    expect(of('deliver-now').filter((line) => line.includes('queue'))).toEqual([])
  })
})

it('the mover takes what waits and sends it to changes', () => {
  expect(of('mover').filter((line) => line.includes('queue'))).toEqual([
    'sqs:ChangeMessageVisibility on queue waiting',
    'sqs:DeleteMessage on queue waiting',
    'sqs:ReceiveMessage on queue waiting',
    'sqs:SendMessage on queue changes',
  ])
})

it('nobody but deliver and deliver-now may read the credentials of Campaign', () => {
  const readers = granted
    .filter((line) => line.endsWith('on secret campaign'))
    .map((line) => line.split(' ')[0])
  expect(readers.toSorted()).toEqual(['deliver', 'deliver-now'])
})

it('a key of the customer’s own may be used by those who send or take bodies, and by nobody else', () => {
  const users = grantedIn(withKey).filter((line) => line.includes('kms:'))
  expect(users.toSorted()).toEqual(
    ['bus', 'deliver', 'mover', 'operator', 'webhook'].flatMap((who) => [
      `${who} kms:Decrypt on key bodieskey`,
      `${who} kms:GenerateDataKey on key bodieskey`,
    ]),
  )
})

it.each([
  ['with a key of SQS', stage],
  ['with a key of the customer’s own', withKey],
])('EventBridge is the only service that may send, each rule to its own queue, %s', (_name, of) => {
  const statements = of.ofType('AWS::SQS::QueuePolicy').flatMap(({ id, Properties }) => {
    const { Statement } = Properties['PolicyDocument'] as { Statement: Record<string, unknown>[] }
    return Statement.filter(({ Effect }) => Effect === 'Allow').map((statement) => [id, statement] as const)
  })
  expect(new Set(statements.map(([id]) => id))).toEqual(
    new Set(['Inbox/Policy', 'Missed/Policy', 'Undelivered/Policy']),
  )
  for (const [, { Principal, Condition }] of statements) {
    expect(Principal).toEqual({ Service: 'events.amazonaws.com' })
    expect(JSON.stringify(Condition)).toContain('"aws:SourceArn"')
  }
})

it('EventBridge may do no more with the customer’s key than its bus, its archive and its rules need', () => {
  const { KeyPolicy } = withKey.propertiesOf('BodiesKey') as {
    KeyPolicy: { Statement: { Principal: object; Action: string[]; Condition?: object }[] }
  }
  const statements = KeyPolicy.Statement.filter(({ Principal }) => 'Service' in Principal)
  expect(new Set(statements.flatMap(({ Action }) => Action))).toEqual(
    new Set(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey', 'kms:ReEncrypt*']),
  )
  for (const { Condition } of statements) expect(JSON.stringify(Condition)).toContain('"aws:SourceAccount"')
})
