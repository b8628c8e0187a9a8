// The numbers that the stack on AWS and the local stack must agree on; derived where one follows from another.
import { MOST_RECEIVES } from '../functions/change/message.ts'
import { INVOCATION_MILLISECONDS } from '../functions/deliver/invocation.ts'

const DAY_SECONDS = 24 * 60 * 60
const GATEWAY_TIMEOUT_SECONDS = 30
const DELIVER_TIMEOUT_SECONDS = INVOCATION_MILLISECONDS / 1000
const MOVER_TIMEOUT_SECONDS = 5 * 60
/** AWS asks for six times the function's time-out, so that a throttled poller does not deliver twice. */
const VISIBILITY_TIMES = 6

export const limits = {
  /** API Gateway gives up on an integration after this long; it is not ours to change. */
  gatewayTimeoutSeconds: GATEWAY_TIMEOUT_SECONDS,
  /** One second under the gateway's, so that a sender hears the function's own answer. */
  acceptTimeoutSeconds: GATEWAY_TIMEOUT_SECONDS - 1,
  deliverTimeoutSeconds: DELIVER_TIMEOUT_SECONDS,
  visibilityTimeoutSeconds: VISIBILITY_TIMES * DELIVER_TIMEOUT_SECONDS,
  /** A night's import may have made the profiles of everything that waits. */
  moverTimeoutSeconds: MOVER_TIMEOUT_SECONDS,
  waitingVisibilityTimeoutSeconds: VISIBILITY_TIMES * MOVER_TIMEOUT_SECONDS,
  /** The most that a FIFO queue hands to one invocation. */
  batchSize: 10,
  /** SQS's highest: parking goes by age and code, never by the number of receives. */
  maxReceiveCount: MOST_RECEIVES,
  /** SQS's longest: an outage of Campaign has to fit into it. */
  retentionSeconds: 14 * DAY_SECONDS,
  /** SQS's largest message, and its largest batch in total. */
  messageBytes: 1024 * 1024,
} as const
