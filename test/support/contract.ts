// Every request our client sends is one that Adobe's own OpenAPI file of the Campaign API knows.
import { createRequire } from 'node:module'
import * as z from 'zod'
import type { Campaign } from '../../infra/local/campaign/campaign.ts'

const specification = z
  .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
  .parse(createRequire(import.meta.url)('@adobe/aio-lib-campaign-standard/spec/api.json'))

type Operation = { readonly method: string; readonly path: RegExp }

/** `{EXT}` is the empty text or `Ext`; filters are one or more segments; every other variable is one segment. */
const toPattern = (path: string): RegExp => {
  const source = path
    .replace('{EXT}', '(Ext)?')
    .replace(/\/\{FILTERS\}/, '(/[^/]+)*/?')
    .replace(/\{\w+\}/g, '[^/]+')
  return new RegExp(`^${source}$`)
}

const operations: readonly Operation[] = Object.entries(specification.paths)
  // A place-holder for any address at all; with it nothing would be unknown.
  .filter(([path]) => path !== '/{RELATIVE_URL}')
  .flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: toPattern(path) })),
  )

/** Whether an operation of the file has this method and raw path; IMS is another API and always known. */
export const isKnownOperation = (method: string, rawPath: string): boolean => {
  const [path = ''] = rawPath.split('?')
  if (path.startsWith('/ims/')) return true
  const [, organization, product, ...segments] = path.split('/')
  if (!organization || product !== 'campaign') return false
  const called = `/${segments.join('/')}`
  return operations.some((operation) => operation.method === method && operation.path.test(called))
}

const tracked = new Set<{ readonly campaign: Campaign; seen: number }>()

/** From now on what is asked of this emulator is checked after each test. */
export const trackRequests = (campaign: Campaign): void => {
  tracked.add({ campaign, seen: campaign.requests().length })
}

const noted: string[] = []

/** Checks one request at once, for emulators that live too shortly to be kept. */
export const noteRequest = (method: string, path: string): void => {
  if (!isKnownOperation(method, path)) noted.push(`${method} ${path}`)
}

/** What was asked since the last time and is no operation of the file. */
export const takeUnknownRequests = (): readonly string[] => [
  ...noted.splice(0),
  ...[...tracked].flatMap((one) => {
    const requests = one.campaign.requests()
    // A reset of the emulator clears its list.
    const fresh = requests.slice(requests.length < one.seen ? 0 : one.seen)
    one.seen = requests.length
    return fresh
      .filter(({ method, path }) => !isKnownOperation(method, path))
      .map(({ method, path }) => `${method} ${path}`)
  }),
]
