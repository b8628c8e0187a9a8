// Who may do what on what: the only statements that the roles of the stack get. README.md has them as a table.
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { FunctionName } from '../function-names.ts'
import type { Part } from './functions.ts'

export type Who = FunctionName | 'operator'

export type ResourceName =
  | `queue ${'inbox' | 'changes' | 'consent' | 'parked' | 'waiting'}`
  | `secret ${'sources' | 'campaign' | 'pseudonym'}`
  | 'function deliver-now'
  | 'table ledger'
  | 'its own log group'
  | 'log groups of the functions'

type ByArn = Exclude<ResourceName, 'its own log group' | 'log groups of the functions'>

export type Privilege = { readonly who: Who; readonly actions: readonly string[]; readonly on: ResourceName }

const SEND = ['sqs:SendMessage']
const READ_SECRET = ['secretsmanager:GetSecretValue']
/** What a mapping of Lambda asks of the function's role, and the function to hide what it tries again later. */
const TAKE_BY_MAPPING = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:GetQueueAttributes',
]
const TAKE = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility']
const LEDGER = ['dynamodb:GetItem', 'dynamodb:UpdateItem']
const LOG = ['logs:CreateLogStream', 'logs:PutLogEvents']

const may = (who: Who, on: Partial<Record<ResourceName, readonly string[]>>): readonly Privilege[] =>
  Object.entries(on).map(([resource, actions]) => ({ who, actions, on: resource as ResourceName }))

export const privileges: readonly Privilege[] = [
  ...may('webhook', {
    'secret sources': READ_SECRET,
    'secret pseudonym': READ_SECRET,
    'queue changes': SEND,
    'queue consent': SEND,
    'queue parked': SEND,
    'function deliver-now': ['lambda:InvokeFunction'],
    'its own log group': LOG,
  }),
  ...may('bus', {
    'queue inbox': TAKE_BY_MAPPING,
    'secret pseudonym': READ_SECRET,
    'queue changes': SEND,
    'queue consent': SEND,
    'queue parked': SEND,
    'its own log group': LOG,
  }),
  ...may('deliver', {
    // Sends to `changes` what found no profile in the lane of consent; to either, anew, what SQS has handed out too often.
    'queue changes': [...TAKE_BY_MAPPING, ...SEND],
    'queue consent': [...TAKE_BY_MAPPING, ...SEND],
    'queue parked': SEND,
    'queue waiting': SEND,
    'secret campaign': READ_SECRET,
    'secret pseudonym': READ_SECRET,
    'table ledger': LEDGER,
    'its own log group': LOG,
  }),
  // The same code, but it only reports: whatever is not finished is queued by the webhook.
  ...may('deliver-now', {
    'secret campaign': READ_SECRET,
    'secret pseudonym': READ_SECRET,
    'table ledger': LEDGER,
    'its own log group': LOG,
  }),
  ...may('mover', {
    'queue waiting': TAKE,
    'queue changes': SEND,
    'its own log group': LOG,
  }),
  // A person, for `npm run redrive` and for the logs that `npm run outcomes` adds up.
  ...may('operator', {
    'queue parked': TAKE,
    'queue changes': SEND,
    'queue consent': SEND,
    'secret pseudonym': READ_SECRET,
    'log groups of the functions': ['logs:FilterLogEvents'],
  }),
]

/** Opt-in: whoever sends or takes bodies may use the key that they are encrypted with. */
const USE_KEY = ['kms:Decrypt', 'kms:GenerateDataKey']

type Own = Pick<Part, 'role' | 'log'>

export type Granted = {
  readonly functions: Readonly<Record<FunctionName, Own>>
  readonly operator: Role
  readonly arns: Readonly<Record<ByArn, string>>
  readonly key: IKey | undefined
}

/** Gives each role its statements, and no other. */
export const grantPrivileges = ({ functions, operator, arns, key }: Granted): void => {
  const logs = Object.values(functions).map(({ log }) => log.logGroupArn)
  const grant = (who: Who, role: Role, log: readonly string[]) => {
    const own = privileges.filter((privilege) => privilege.who === who)
    // As the role's own policy, which a function waits for, and with it the mappings that need it.
    for (const { actions, on } of own) {
      const resources =
        on === 'its own log group' ? log : on === 'log groups of the functions' ? logs : [arns[on]]
      role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }))
    }
    if (key && own.some(({ on }) => on.startsWith('queue ')))
      role.addToPolicy(new PolicyStatement({ actions: USE_KEY, resources: [key.keyArn] }))
  }
  for (const [who, { role, log }] of Object.entries(functions) as [keyof typeof functions, Own][])
    grant(who, role, [log.logGroupArn])
  grant('operator', operator, [])
}
