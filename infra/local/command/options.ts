// The options of a command, and what is said where one cannot be read.
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { Refusal } from './refusal.ts'

/** Reads the parameters as `parseArgs` does. Throws a Refusal that ends in what is allowed. */
export const readOptions = <Config extends ParseArgsConfig>(config: Config, allowed: string) => {
  try {
    return parseArgs(config)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // Node adds advice about its own ways to write it.
    const [what = error.message] = error.message.split(/[.\n]/)
    throw new Refusal(`${what}: ${allowed}`)
  }
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of `90s`, `15m`, `6h`, `2d` or `0`. Throws a Refusal that names the option. */
export const readDuration = (option: string, given: string): number => {
  const [, count = '', unit = 's'] = /^(\d{1,6})([smhd])$/.exec(given) ?? /^(0)$/.exec(given) ?? []
  if (count === '') throw new Refusal(`${option} is a time such as 90s, 15m, 6h or 2d, not ${given}`)
  return Number(count) * (UNITS[unit] ?? 0)
}
