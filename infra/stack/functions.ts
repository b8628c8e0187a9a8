// The functions: one file each, their own role and log group, and no more memory than they were measured to need.

import { join } from 'node:path'
import { AssetHashType, DockerImage, Duration } from 'aws-cdk-lib'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  EventSourceMapping,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { bundle, LAMBDA_HANDLER, root } from '../bundle.ts'
import type { Stage } from '../context.ts'
import { constructIdOf, type FunctionName, type Handler, handlerOf } from '../function-names.ts'
import { limits } from '../limits.ts'
import { metricNamespace } from '../stage-metrics.ts'
import { removalPolicyOf } from './removal.ts'

export type FunctionSettings = {
  readonly description: string
  readonly timeoutSeconds: number
  readonly environment: Readonly<Record<string, string>>
  readonly reservedConcurrency?: number
}

/**
 * Measured with the heap as Lambda bounds it: 83 MiB (accept) and 95 MiB (deliver) once loaded, 154 MiB each at their
 * worst, which is one body of 1 MiB after another. Deliver waits for Campaign most of its time, which more would not shorten.
 */
const MEMORY_MEGABYTES = 256

/** A function with what is its own. */
export type Part = { readonly function: LambdaFunction; readonly role: Role; readonly log: LogGroup }

/** Every function alike but for what is given. Its role may do nothing yet. */
export const addFunction = (
  scope: Construct,
  name: FunctionName,
  stage: Stage,
  given: FunctionSettings,
): Part => {
  const id = constructIdOf(name)
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
  const log = new LogGroup(scope, `${id}Log`, logSettings(stage))
  const made = new LambdaFunction(scope, id, {
    description: given.description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: codeOf(handlerOf(name)),
    handler: LAMBDA_HANDLER,
    timeout: Duration.seconds(given.timeoutSeconds),
    memorySize: MEMORY_MEGABYTES,
    environment: { ...given.environment, POWERTOOLS_METRICS_NAMESPACE: metricNamespace(stage.name) },
    role,
    logGroup: log,
    // Our own lines are JSON already; of Lambda's only what is wrong is worth its price.
    loggingFormat: LoggingFormat.JSON,
    systemLogLevelV2: SystemLogLevel.WARN,
    applicationLogLevelV2: ApplicationLogLevel.INFO,
    ...(given.reservedConcurrency !== undefined && {
      reservedConcurrentExecutions: given.reservedConcurrency,
    }),
  })
  return { function: made, role, log }
}

/** Lambda takes from the queue for the function; what the function does not report as failed is deleted. */
export const takeFrom = (queue: IQueue, { function: target }: Part, maxConcurrency: number): void => {
  new EventSourceMapping(target, `From${queue.node.id}`, {
    target,
    eventSourceArn: queue.queueArn,
    batchSize: limits.batchSize,
    maxConcurrency,
    reportBatchItemFailures: true,
  })
}

/** For every log group of the stack. */
export const logSettings = ({ logRetentionDays, retain }: Stage) => ({
  retention: logRetentionDays,
  removalPolicy: removalPolicyOf(retain),
})

const codeOf = (handler: Handler): Code =>
  Code.fromAsset(join(root, 'functions'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // The CDK wants one, and remembers bundles by what stands here besides the function below.
      image: DockerImage.fromRegistry(`bundled-by-esbuild-${handler}`),
      local: {
        tryBundle: (folder) => {
          bundle(handler, folder)
          return true
        },
      },
    },
  })
