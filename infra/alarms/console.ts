// Where in the AWS console an alarm leads to: the log, with the question typed already.
import { Fn, Stack } from 'aws-cdk-lib'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'

/** CloudWatch Logs Insights with a query over the last day. */
export const logsInsights = (scope: Construct, query: string, groups: readonly ILogGroup[]): string => {
  // A name may be known only while deploying, so that its slashes are escaped by CloudFormation.
  const sources = groups
    .map(({ logGroupName }) => `~'${Fn.join('*2f', Fn.split('/', logGroupName))}`)
    .join('')
  const detail = `~(end~0~start~-86400~timeType~'RELATIVE~unit~'seconds~editorString~'${escaped(query)}~source~(${sources}))`
  const { region } = Stack.of(scope)
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:logs-insights$3FqueryDetail$3D${detail}`
}

/** As the console writes a query into its own address. */
const escaped = (query: string): string =>
  query.replace(/[^\w.-]/g, (character) => `*${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
