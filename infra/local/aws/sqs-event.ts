// Messages as SQS hands them out become the event that Lambda's poller makes of them.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs'
import type { SQSEvent, SQSMessageAttribute, SQSRecord } from 'aws-lambda'

/** The event for messages received with all their attributes, in the order received. */
export const sqsEvent = (messages: readonly Message[], queueArn: string): SQSEvent => ({
  Records: messages.map((message) => sqsRecord(message, queueArn)),
})

const sqsRecord = (message: Message, queueArn: string): SQSRecord => ({
  messageId: message.MessageId ?? '',
  receiptHandle: message.ReceiptHandle ?? '',
  body: message.Body ?? '',
  attributes: { ...ALWAYS, ...message.Attributes },
  messageAttributes: Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, messageAttribute(value)]),
  ),
  md5OfBody: message.MD5OfBody ?? '',
  ...(message.MD5OfMessageAttributes !== undefined && {
    md5OfMessageAttributes: message.MD5OfMessageAttributes,
  }),
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: queueArn.split(':')[3] ?? '',
})

// SQS always sends what is empty here; only the SDK's types leave it open.
const ALWAYS = {
  ApproximateReceiveCount: '',
  ApproximateFirstReceiveTimestamp: '',
  SentTimestamp: '',
  SenderId: '',
}

const messageAttribute = (value: MessageAttributeValue): SQSMessageAttribute => ({
  ...(value.StringValue !== undefined && { stringValue: value.StringValue }),
  ...(value.BinaryValue && { binaryValue: Buffer.from(value.BinaryValue).toString('base64') }),
  stringListValues: [],
  binaryListValues: [],
  dataType: value.DataType ?? 'String',
})
