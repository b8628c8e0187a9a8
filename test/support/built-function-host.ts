// The process around a built handler: loads it, says so, and answers one message per invocation.
import { pathToFileURL } from 'node:url'
import type { Ended, Invocation } from './built-function.ts'

const { handler } = await import(pathToFileURL(process.argv[2] ?? '').href)

const tell = (ended: Omit<Ended, 'mebibytes'>) =>
  process.send?.({ ...ended, mebibytes: Math.round(process.memoryUsage.rss() / 2 ** 20) } satisfies Ended)

process.on('message', async ({ id, event, remaining }: Invocation) => {
  const deadline = Date.now() + remaining
  try {
    const answer = await handler(event, { getRemainingTimeInMillis: () => deadline - Date.now() })
    tell({ id, answer })
  } catch (error) {
    tell({ id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
})
tell({ id: 0 })
