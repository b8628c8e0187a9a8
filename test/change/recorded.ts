// The recorded payloads of a kind: the files of test/samples whose names start with it.
import { readdirSync, readFileSync } from 'node:fs'

const samples = new URL('../samples/', import.meta.url)
const sources = new URL('../../functions/change/sources/', import.meta.url)

/** Every kind there is: the files of functions/change/sources. */
export const kindNames = (): readonly string[] =>
  readdirSync(sources).map((file) => file.replace(/\.ts$/, ''))

/** File name to text. */
export const recorded = (kind: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(samples)
      .filter((file) => file.startsWith(`${kind}-`))
      .map((file) => [file, readFileSync(new URL(file, samples), 'utf8')]),
  )

/** The JSON of one recorded payload. */
export const sample = (file: string): unknown => JSON.parse(readFileSync(new URL(file, samples), 'utf8'))
