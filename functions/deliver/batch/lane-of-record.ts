// Which lane a record came by: both event source mappings invoke the same function.
import type { SQSRecord } from 'aws-lambda'
import type { Lane } from '../../change/lane.ts'

/** By the queue's name, which ends its ARN as it ends its URL. */
export const createLaneOfRecord = (consentQueueUrl: string): ((record: SQSRecord) => Lane) => {
  const ending = `:${consentQueueUrl.split('/').at(-1)}`
  return ({ eventSourceARN }) => (eventSourceARN.endsWith(ending) ? 'consent' : 'changes')
}
