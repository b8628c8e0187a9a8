// The numbers that the stack on AWS and the local stack must agree on; derived where one follows from another.

const day = 24 * 60 * 60
const mebibyte = 1024 * 1024
const gatewayTimeoutSeconds = 30
const deliverTimeoutSeconds = 30

export const limits = {
  /** API Gateway gives up on an integration after this long; it is not ours to change. */
  gatewayTimeoutSeconds,
  /** API Gateway refuses larger bodies by itself; `accept` refuses earlier, at 1 MiB. */
  gatewayBodyBytes: 10 * mebibyte,
  /** One second under the gateway's, so that a sender hears the function's own answer. */
  acceptTimeoutSeconds: gatewayTimeoutSeconds - 1,
  /** Two Campaign calls at their slowest (15 s each). */
  deliverTimeoutSeconds,
  /** AWS asks for six times the function's time-out, so that a throttled poller does not deliver twice. */
  visibilityTimeoutSeconds: 6 * deliverTimeoutSeconds,
  /** The most that a FIFO queue hands to one invocation. */
  batchSize: 10,
  /** SQS's highest: parking goes by age and code, never by the number of receives. */
  maxReceiveCount: 1000,
  /** SQS's longest: an outage of Campaign has to fit into it. */
  retentionSeconds: 14 * day,
  /** SQS's largest message, and its largest batch in total. */
  messageBytes: mebibyte,
  /** SQS's longest wait: the fewest empty receives. */
  longPollSeconds: 20,
} as const
