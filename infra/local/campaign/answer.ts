// What goes in and out of the emulator, without sockets.

/** A request as it came in: `path` raw with its query, header names in lower case. */
export type CampaignRequest = {
  method: string
  path: string
  headers: Record<string, string>
  body: Buffer | string
}

export type HttpAnswer = { kind: 'answer'; status: number; headers: Record<string, string>; body: string }

/** `reset`: the connection breaks without an answer. `hang`: no answer ever comes. */
export type Answer = HttpAnswer | { kind: 'reset' } | { kind: 'hang' }

export const jsonAnswer = (
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): HttpAnswer => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'application/json;charset=utf-8', ...headers },
  body: JSON.stringify(value),
})

/** The engine's errors are lines of text, outermost first; that they are `text/plain` is inferred. */
export const textAnswer = (status: number, lines: readonly string[]): HttpAnswer => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'text/plain;charset=utf-8' },
  body: lines.join('\n'),
})
