// The numbers that the stack on AWS and the local stack must agree on; derived where one follows from another.
import { MOST_RECEIVES } from '../functions/change/message.ts'
import { INVOCATION_MILLISECONDS } from '../functions/deliver/invocation.ts'

const DAY_SECONDS = 24 * 60 * 60
const MEBIBYTE = 1024 * 1024
const GATEWAY_TIMEOUT_SECONDS = 30
const DELIVER_TIMEOUT_SECONDS = INVOCATION_MILLISECONDS / 1000
const MOVER_TIMEOUT_SECONDS = 5 * 60
/** AWS asks for six times the function's time-out, so that a throttled poller does not deliver twice. */
const VISIBILITY_TIMES = 6

export const limits = {
  /** API Gateway gives up on an integration after this long; it is not ours to change. */
  gatewayTimeoutSeconds: GATEWAY_TIMEOUT_SECONDS,
  /** API Gateway refuses larger bodies by itself; `accept` refuses earlier, at 1 MiB. */
  gatewayBodyBytes: 10 * MEBIBYTE,
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
  messageBytes: MEBIBYTE,
  /** How long events of the bus can be replayed. */
  archiveDays: 30,
  /** EventBridge's largest request: entries, and all their bytes (1 MiB since January 2026, see its release notes). */
  putEventsEntries: 10,
  putEventsBytes: MEBIBYTE,
  /** How often waiting changes are tried again on one machine; on AWS the stage says it in hours. */
  localMoverSeconds: 5,
  /** SQS's longest wait: the fewest empty receives. */
  longPollSeconds: 20,
} as const
