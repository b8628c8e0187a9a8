// What a program of the local stack says to whoever started it, where a stack trace would say less.

/** Its message is one line: what is wrong, what is allowed, what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}

/** Prints a refusal as its one line and ends with exit code 1; throws anything else on. */
export const endRefused = (error: unknown): never => {
  if (!(error instanceof Refusal)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
