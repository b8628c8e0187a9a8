// The two ports of the local stack, as the environment says them.
import type { Environment } from '../../../functions/runtime/config.ts'
import { Refusal } from './refusal.ts'

const STANDARD_PORTS = { PORT: 3000, CAMPAIGN_PORT: 3001 } as const
export type PortName = keyof typeof STANDARD_PORTS

/** The port of that name; 0 takes any free one. Throws a Refusal where it is no port. */
export const readPort = (environment: Environment, name: PortName): number => {
  const given = environment[name] || String(STANDARD_PORTS[name])
  const port = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN
  if (port <= 65_535) return port
  throw new Refusal(`${name} is not a port: it must be 0 to 65535, such as ${STANDARD_PORTS[name]}`)
}
