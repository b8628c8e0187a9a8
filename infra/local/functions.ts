// The functions of the local stack: made from the sources, as the handlers of Lambda make them.
import { randomUUID } from 'node:crypto'
import type { APIGatewayProxyEventV2, SQSEvent } from 'aws-lambda'
import { createBus } from '../../functions/accept/bus.ts'
import { createWebhook } from '../../functions/accept/webhook.ts'
import type { Mappings } from '../../functions/change/mapping.ts'
import { createDeliver } from '../../functions/deliver/deliver.ts'
import { createMover } from '../../functions/deliver/mover.ts'
import type { Log } from '../../functions/runtime/log.ts'
import type { Metrics } from '../../functions/runtime/metrics.ts'
import { realTime } from '../../functions/runtime/time.ts'
import type { AwsClients } from './aws/aws-clients.ts'
import type { LambdaHandler } from './aws/run-function.ts'

/** One handler behind each place; those of deliver are workers of their own, as sandboxes are. */
export type LocalFunctions = {
  readonly webhook: LambdaHandler<APIGatewayProxyEventV2>
  readonly bus: LambdaHandler<SQSEvent>
  readonly consent: LambdaHandler<SQSEvent>
  readonly changes: LambdaHandler<SQSEvent>
  readonly 'deliver-now': LambdaHandler<unknown>
  readonly mover: LambdaHandler<unknown>
}

export type FunctionsGiven = {
  /** All variables of all functions. */
  readonly environment: Readonly<Record<string, string>>
  readonly mappings: Mappings
  readonly clients: AwsClients
  readonly log: Log
  readonly metrics: Metrics
}

/** Throws a StartError where a setting or the mappings are at fault. */
export const functionsOfSources = (given: FunctionsGiven): LocalFunctions => {
  const dependencies = { ...given, time: realTime }
  const deliver = () => createDeliver({ ...dependencies, random: Math.random, newOwner: randomUUID })
  return {
    webhook: createWebhook({ ...dependencies, newReceipt: randomUUID }),
    bus: createBus(dependencies),
    consent: deliver(),
    changes: deliver(),
    'deliver-now': deliver(),
    mover: createMover(dependencies),
  }
}
