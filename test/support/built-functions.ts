// The local stack's functions out of bundles: each a process of its own, as each is a sandbox of its own on Lambda.
import type { FunctionName } from '../../infra/function-names.ts'
import type { FunctionsGiven, LocalFunctions } from '../../infra/local/functions.ts'
import { type BuiltFunction, startBuilt } from './built-function.ts'

export type BuiltFunctions = AsyncDisposable & {
  /** For the local stack. */
  readonly functions: (given: FunctionsGiven) => LocalFunctions
  /** Every process, by its place. */
  readonly started: () => Promise<Readonly<Record<keyof LocalFunctions, BuiltFunction>>>
}

const FUNCTIONS = {
  webhook: 'webhook',
  bus: 'bus',
  consent: 'deliver',
  changes: 'deliver',
  'deliver-now': 'deliver-now',
  mover: 'mover',
} as const satisfies Record<keyof LocalFunctions, FunctionName>
const PLACES = Object.keys(FUNCTIONS) as readonly (keyof LocalFunctions)[]

/** By the name of a function, the folder that it is loaded from. */
export const builtFunctions = (folderOf: (name: FunctionName) => string): BuiltFunctions => {
  const processes = new Map<keyof LocalFunctions, Promise<BuiltFunction>>()
  return {
    functions: ({ environment }) => {
      for (const place of PLACES) {
        const started = startBuilt(folderOf(FUNCTIONS[place]), environment)
        // Whoever waits for it hears of it.
        started.catch(() => {})
        processes.set(place, started)
      }
      const handlerOf = (place: keyof LocalFunctions): LocalFunctions['mover'] => {
        return async (event, context) => (await processes.get(place))?.handler(event, context)
      }
      return {
        webhook: handlerOf('webhook'),
        bus: handlerOf('bus'),
        consent: handlerOf('consent'),
        changes: handlerOf('changes'),
        'deliver-now': handlerOf('deliver-now'),
        mover: handlerOf('mover'),
      }
    },
    started: async () => {
      const all = await Promise.all([...processes].map(async ([place, one]) => [place, await one] as const))
      return Object.fromEntries(all) as Record<keyof LocalFunctions, BuiltFunction>
    },
    [Symbol.asyncDispose]: async () => {
      for (const one of processes.values()) await (await one)[Symbol.asyncDispose]()
    },
  }
}
