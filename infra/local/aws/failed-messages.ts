// How Lambda reads a function's answer to a batch.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
import * as z from 'zod'

const batchAnswerSchema = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() })
  .nullish()

/**
 * The ids of those messages that go back to the queue. Nothing, null or an empty list is success of all; an answer of another shape,
 * or an identifier that is none of the batch's (an empty one is none), is failure of all.
 */
export const failedMessages = (answer: unknown, messageIds: readonly string[]): ReadonlySet<string> => {
  const all = new Set(messageIds)
  const read = batchAnswerSchema.safeParse(answer)
  if (!read.success) return all
  const failed = read.data?.batchItemFailures?.map((failure) => failure.itemIdentifier) ?? []
  return failed.every((messageId) => all.has(messageId)) ? new Set(failed) : all
}
