// The HTTP API: two routes, throttled, and a log of who was answered what, without bodies, queries or names.
import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { Stage } from '../context.ts'
import { logSettings } from './functions.ts'

/** The route, not the path: its last part is whatever a caller wrote. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  method: '$context.httpMethod',
  status: '$context.status',
  bytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  functionMilliseconds: '$context.integrationLatency',
  functionStatus: '$context.integrationStatus',
  fault: '$context.error.responseType',
}

export const addApi = (scope: Construct, stage: Stage): HttpApi => {
  const api = new HttpApi(scope, 'Api', {
    apiName: Stack.of(scope).stackName,
    description: `Campaign profile sync, ${stage.name}: where CRMs post`,
    createDefaultStage: false,
  })
  const accessLog = new LogGroup(scope, 'ApiLog', {
    ...logSettings(stage),
    // Under this prefix AWS needs no resource policy of the account, of which there are few.
    logGroupName: `/aws/vendedlogs/apis/${Stack.of(scope).stackName}`,
    // One that stayed would be in the way of the same name the next time.
    removalPolicy: RemovalPolicy.DESTROY,
  })
  new HttpStage(scope, 'ApiStage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: stage.requestsPerSecond, burstLimit: stage.requestBurst },
    detailedMetricsEnabled: true,
    accessLogSettings: {
      destination: new LogGroupLogDestination(accessLog),
      format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
    },
  })
  return api
}

/** Everything else is API Gateway's own 404. Its time-out is the default and the longest, 30 s (limits.gatewayTimeoutSeconds). */
export const addRoutes = (api: HttpApi, webhook: IFunction): void => {
  const integration = new HttpLambdaIntegration('Webhook', webhook)
  api.addRoutes({ path: '/webhooks/{source}', methods: [HttpMethod.ANY], integration })
  api.addRoutes({ path: '/health', methods: [HttpMethod.GET], integration })
}
