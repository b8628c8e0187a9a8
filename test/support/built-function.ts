// A handler as Lambda runs it: its own process, the files of its bundle, an environment, and events as JSON.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LambdaHandler } from '../../infra/local/aws/run-function.ts'

export type BuiltFunction = AsyncDisposable & {
  readonly handler: LambdaHandler<unknown>
  /** Every line that it has written so far. */
  readonly lines: () => readonly string[]
  /** Resident memory in mebibytes: once loaded, and the most since then. */
  readonly memory: () => { readonly loaded: number; readonly most: number }
}

export type Invocation = { readonly id: number; readonly event: unknown; readonly remaining: number }
export type Ended = {
  readonly id: number
  readonly answer?: unknown
  readonly failure?: string
  readonly mebibytes: number
}

/** Starts the bundle in `folder`. Rejects where it cannot be loaded. */
export const startBuilt = async (
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<BuiltFunction> => {
  const child = fork(
    fileURLToPath(new URL('./built-function-host.ts', import.meta.url)),
    [join(folder, 'index.mjs')],
    {
      // Nothing of this process's own environment, as on Lambda.
      env: { PATH: process.env['PATH'], ...environment },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  )
  const pending = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>()
  let written = ''
  const collect = (chunk: Buffer) => {
    written += chunk.toString('utf8')
  }
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  const first = await Promise.race([
    once(child, 'message').then(([message]) => message as Ended),
    once(child, 'exit').then(() => {
      throw new Error(`the bundle in ${folder} cannot be loaded:\n${written}`)
    }),
  ])
  let most = first.mebibytes
  child.on('message', (message: Ended) => {
    most = Math.max(most, message.mebibytes)
    const waiting = pending.get(message.id)
    pending.delete(message.id)
    if (message.failure === undefined) waiting?.resolve(message.answer)
    else waiting?.reject(new Error(message.failure))
  })
  child.on('exit', () => {
    for (const { reject } of pending.values()) reject(new Error('the process has ended'))
  })

  let invocations = 0
  return {
    handler: (event, context) => {
      invocations += 1
      const id = invocations
      child.send({ id, event, remaining: context.getRemainingTimeInMillis() } satisfies Invocation)
      return new Promise((resolve, reject) => pending.set(id, { resolve, reject }))
    },
    lines: () => written.split('\n').filter((line) => line !== ''),
    memory: () => ({ loaded: first.mebibytes, most }),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
