// The rule packs of AWS (cdk-nag) at every synth, and every finding that stands, with the reason.
import { type Stack, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import type { Construct } from 'constructs'
import { constructIdOf, FUNCTION_NAMES } from './function-names.ts'

export type Acknowledged = {
  readonly rule: string
  /** Ids of constructs of the stack; nothing else is excused. */
  readonly on: readonly string[]
  readonly reason: string
}

const FUNCTIONS = FUNCTION_NAMES.map(constructIdOf)

export const ACKNOWLEDGED: readonly Acknowledged[] = [
  {
    rule: 'AwsSolutions-APIG4',
    on: ['Api'],
    reason:
      'CRMs cannot sign for IAM or fetch a JWT: accept proves every webhook by its signature over the raw bytes, before anything is parsed. /health says nothing.',
  },
  {
    rule: 'AwsSolutions-SMG4',
    on: ['Sources', 'Campaign'],
    reason:
      'What lies in them is issued by the CRMs and by Adobe, who offer no rotation to call; both hold what is needed to change over without an outage, by hand.',
  },
  {
    rule: 'AwsSolutions-SMG4',
    on: ['Pseudonym'],
    reason:
      'Another key would give every profile another name: the ledger would forget all clocks, and old edits would win.',
  },
  {
    rule: 'AwsSolutions-SQS3',
    on: ['Missed'],
    reason: 'It is the dead-letter queue of a rule of EventBridge, which the check does not see.',
  },
  {
    rule: 'Serverless-SQSRedrivePolicy',
    on: ['Parked', 'Crashed', 'Undelivered', 'Missed'],
    reason: 'They are dead-letter queues: what lies there waits for a person.',
  },
  {
    rule: 'Serverless-LambdaEventSourceMappingDestination',
    on: [constructIdOf('bus'), constructIdOf('deliver')],
    reason:
      'Lambda offers it for streams only; from a queue it is the redrive policy of the queue, which each has.',
  },
  {
    rule: 'Serverless-LambdaDLQ',
    on: FUNCTIONS,
    reason:
      'It is for asynchronous invocations: the API and accept wait for their answer, mappings leave messages in their queue, and the next run of the mover does what one did not.',
  },
  {
    rule: 'Serverless-LambdaTracing',
    on: FUNCTIONS,
    reason:
      'X-Ray needs a permission on every resource (*) and would see one function at a time; a change is followed by its receipt, through every log line from the answer to its end.',
  },
]

/** A rule that fires without being acknowledged fails the synth, with the place in the code. */
export const addNag = (app: Construct, stacks: readonly Stack[], acknowledged = ACKNOWLEDGED): void => {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(), new ServerlessChecks())
  for (const { rule, on, reason } of acknowledged)
    for (const stack of stacks)
      for (const id of on) Validations.of(stack.node.findChild(id)).acknowledge({ id: rule, reason })
}
