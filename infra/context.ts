// What a stage is set to in cdk.json: read once at synth, every fault named at once with what is allowed.
import * as z from 'zod'
import { busSourcesOf, type Mappings, withSources } from '../functions/change/mapping.ts'
import { faultsOf } from '../functions/change/mapping-faults.ts'
import { sourceFaultsOf } from '../functions/change/source.ts'
import { type Settings, settingFaults } from './settings.ts'
import { concurrencySchema, settingSchema, stageSchema } from './stage.ts'

/** How one stage is set, complete with the defaults. */
export type Stage = Omit<z.infer<typeof stageSchema>, 'sources' | 'settings'> & {
  readonly name: string
  readonly settings: Settings
  /** The mappings of the sources that are on. */
  readonly mappings: Mappings
}

/** Something in cdk.json or mappings.ts that a person can mend; one line per fault. */
export class ContextError extends Error {
  override readonly name = 'ContextError'
}

/**
 * The stages of cdk.json (its context `stages`), or the chosen one alone. Throws a ContextError that names every fault of
 * all that were to be read, each with what is allowed.
 */
export const readStages = async (
  given: unknown,
  chosen: string | undefined,
  mappings: Mappings,
): Promise<readonly Stage[]> => {
  const all = Object.entries(z.record(z.string(), z.unknown()).safeParse(given).data ?? {})
  const names = all.map(([name]) => name).join(', ')
  if (all.length === 0)
    throw new ContextError('stages: must be in the context of cdk.json, at least one, such as dev')
  if (chosen !== undefined && !all.some(([name]) => name === chosen))
    throw new ContextError(`stage: must be one of ${names}, not ${JSON.stringify(chosen)}`)

  const read = all
    .filter(([name]) => chosen === undefined || name === chosen)
    .map(([name, stage]) => readStage(name, stage, mappings))
  const faults = [
    ...read.flatMap((stage) => stage.faults),
    ...(await sourceFaultsOf(mappings)).map((fault) => `mappings.ts: ${fault}`),
  ]
  if (faults.length > 0) throw new ContextError(faults.join('\n'))
  return read.flatMap(({ stage }) => stage ?? [])
}

const readStage = (
  name: string,
  given: unknown,
  mappings: Mappings,
): { stage?: Stage; faults: readonly string[] } => {
  const at = `stages.${name}`
  const { data, error } = stageSchema.safeParse(given)
  // What can be read is checked further, so that a fault in one part does not hide those of another.
  const { settings, sources, partnerBuses } = data ?? readableParts.parse(given)
  const on = Object.keys(mappings.sources).filter((source) => sources[source] !== false)
  const mappingsOn = withSources(mappings, on)
  const settingTexts = textsOf(settings)
  const faults = [
    ...(/^[a-z][a-z0-9-]{0,30}$/.test(name)
      ? []
      : [`${at}: a stage is named by small letters, digits and -`]),
    ...(error?.issues ?? []).flatMap((issue) => sentences(at, issue, given)),
    ...(data && (data.account === undefined) !== (data.region === undefined)
      ? [`${at}: account and region go together, or neither is given`]
      : []),
    ...Object.keys(sources)
      .filter((source) => !Object.hasOwn(mappings.sources, source))
      .map(
        (source) =>
          `${at}.sources.${source}: is not in mappings.ts, ${Object.keys(mappings.sources).join(', ')} are`,
      ),
    ...(on.length > 0 ? [] : [`${at}.sources: at least one must be on`]),
    ...settingFaults(settingTexts).map((fault) => `${at}.settings.${fault}`),
    ...faultsOf(mappingsOn, settingTexts['BUSINESS_KEY']).map((fault) => `${at}: mappings.ts: ${fault}`),
    ...partnerBuses
      .filter((bus) => !busSourcesOf(mappingsOn).has(bus))
      .map(
        (bus) =>
          `${at}.partnerBuses: ${bus} belongs to no source that is on: name it under bus of one in mappings.ts`,
      ),
  ]
  return { faults, ...(data && { stage: { ...data, name, settings: settingTexts, mappings: mappingsOn } }) }
}

const whole = z.record(z.string(), z.unknown()).catch({})
/** The entries that are as they should be; a source whose switch is no switch counts as on. */
const readableParts = z
  .object({
    settings: whole.transform((all) => readable(all, (one) => settingSchema.safeParse(one).data)),
    sources: whole.transform((all) => readable(all, (one) => one !== false)),
    partnerBuses: stageSchema.shape.partnerBuses.catch([]),
  })
  .catch({ settings: {}, sources: {}, partnerBuses: [] })

const readable = <Value>(
  all: Readonly<Record<string, unknown>>,
  read: (one: unknown) => Value | undefined,
): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(all).flatMap(([name, one]) => {
      const value = read(one)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )

const textsOf = (settings: Readonly<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]))

const sentences = (at: string, issue: z.core.$ZodIssue, given: unknown): readonly string[] => {
  const path = [at, ...issue.path.map(String)].join('.')
  if (issue.code === 'unrecognized_keys') {
    const { shape } = issue.path[0] === 'concurrency' ? concurrencySchema : stageSchema
    const allowed = Object.keys(shape).join(', ')
    return issue.keys.map((key) => `${path}.${key}: is not known, allowed are ${allowed}`)
  }
  const value = issue.path.reduce<unknown>(
    (held, key) => (held as Record<PropertyKey, unknown> | undefined)?.[key],
    given,
  )
  return [`${path}: ${issue.message}, not ${JSON.stringify(value)}`]
}
