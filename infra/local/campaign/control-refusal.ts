// A control that cannot be obeyed: an error for callers in the process, a 400 over HTTP.
import type * as z from 'zod'

export class ControlRefusal extends Error {
  override readonly name = 'ControlRefusal'
}

/** The error option of a strict object: says which names it knows. */
export const namesAllowed =
  (what: string, allowed: readonly string[]) =>
  (issue: { code?: string | undefined; keys?: unknown }): string | undefined =>
    issue.code === 'unrecognized_keys'
      ? `unknown ${what} ${String(issue.keys)}; allowed: ${allowed.join(', ')}`
      : undefined

export const parseControl = <Schema extends z.ZodType>(
  schema: Schema,
  what: string,
  given: unknown,
): z.infer<Schema> => {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.map((issue) => {
    const message = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message
    return `${[what, ...issue.path].join('.')}: ${message}`
  })
  throw new ControlRefusal(faults.join('; '))
}
