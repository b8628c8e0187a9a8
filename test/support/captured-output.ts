// What Powertools writes, as it leaves the process: whole lines of standard output and of standard error.
import { vi } from 'vitest'

/** Until it is disposed of nothing else is written anywhere. */
export const capturedOutput = (): Disposable & { readonly lines: () => readonly string[] } => {
  let text = ''
  const keep = (chunk: unknown): boolean => {
    text += String(chunk)
    return true
  }
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(keep),
  )
  return {
    lines: () => text.trimEnd().split('\n').filter(Boolean),
    [Symbol.dispose]: () => {
      for (const spy of spies) spy.mockRestore()
    },
  }
}
