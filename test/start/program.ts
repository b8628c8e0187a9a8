// The real programs as child processes, as a terminal runs them.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../support/free-port.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Spares each program to compile again what the one before it compiled: half of the time a start takes. */
export const COMPILE_CACHE = join(root, 'node_modules/.cache/start')

export type Program = AsyncDisposable & {
  /** All that was written so far. */
  readonly output: () => string
  readonly errors: () => string
  /** Resolves when the output has this text; rejects when the program ended without it. */
  readonly says: (text: string) => Promise<void>
  /** The exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>
  readonly stop: (signal: NodeJS.Signals) => void
}

/** Runs a file of `infra/local` with Node; `environment` is all that it gets besides PATH and the cache. */
export const runProgram = (
  file: string,
  environment: Record<string, string> = {},
  ...parameters: readonly string[]
): Program => {
  const child = spawn(process.execPath, [`infra/local/${file}`, ...parameters], {
    cwd: root,
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  let hasEnded = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      hasEnded = true
      resolve(code)
    })
  })
  return {
    output: () => output,
    errors: () => errors,
    ended,
    stop: (signal) => child.kill(signal),
    says: async (text) => {
      while (!output.includes(text)) {
        if (hasEnded) throw new Error(`the program ended without saying "${text}":\n${output}${errors}`)
        await sleep(10)
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Two free ports as the variables that name them. */
export const freePorts = async (): Promise<{ PORT: string; CAMPAIGN_PORT: string }> => ({
  PORT: String(await freePort()),
  CAMPAIGN_PORT: String(await freePort()),
})
