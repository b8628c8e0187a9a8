import type { IncomingMessage } from 'node:http'

/** The whole body, or undefined when it is larger than `limitBytes`. Rejects when the client leaves before its end. */
export const readBody = async (
  request: IncomingMessage,
  limitBytes = Number.POSITIVE_INFINITY,
): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = []
  let size = 0
  // Read to the end even when too large: an answer before the end reaches most clients as a broken pipe.
  for await (const chunk of request) {
    size += chunk.length
    if (size <= limitBytes) chunks.push(chunk)
  }
  return size <= limitBytes ? Buffer.concat(chunks) : undefined
}
