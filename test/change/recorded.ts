// The recorded payloads of a kind: the one that `npm run send` signs, which every kind must have, and the files of
// test/samples whose names start with the kind's.
import { readdirSync, readFileSync } from 'node:fs'

const samples = new URL('../samples/', import.meta.url)
const sent = new URL('../../infra/local/samples/', import.meta.url)
const sources = new URL('../../functions/change/sources/', import.meta.url)

/** Every kind there is: the files of functions/change/sources. */
export const kindNames = (): readonly string[] =>
  readdirSync(sources).map((file) => file.replace(/\.ts$/, ''))

/** File name to text. */
export const recorded = (kind: string): ReadonlyMap<string, string> =>
  new Map([
    [`${kind}.json`, readFileSync(new URL(`${kind}.json`, sent), 'utf8')],
    ...readdirSync(samples)
      .filter((file) => file.startsWith(`${kind}-`))
      .map((file) => [file, readFileSync(new URL(file, samples), 'utf8')] as const),
  ])

/** The JSON of one recorded payload. */
export const sample = (file: string): unknown => JSON.parse(readFileSync(new URL(file, samples), 'utf8'))
