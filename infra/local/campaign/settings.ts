// What can be set about the emulated instance while it runs.
import * as z from 'zod'
import { namesAllowed, parseControl } from './control-refusal.ts'

const CustomType = z.enum(['string', 'integer', 'number', 'boolean', 'date', 'datetime'])
const CustomField = z.string().regex(/^cus[A-Za-z0-9_]{1,27}$/, 'custom fields are named cus…')
const FilterName = z.string().regex(/^by[A-Za-z0-9_]+$/, 'custom filters are named by…')
const Filter = z.strictObject({ attribute: z.string(), parameter: z.string().min(1) })
const milliseconds = z.number().min(0)

const shape = {
  /** Which engine answers. */
  dialect: z.enum(['standard']),
  /** Every call to the API and to IMS takes this long. */
  latencyMs: milliseconds,
  /** Above this many rows a list has no `next` unless `_forcePagination=true`. */
  bigTableThreshold: z.number().int().min(0),
  /** The custom field that serves as key in URLs; null for none. */
  businessKey: CustomField.nullable(),
  customFields: z.record(CustomField, CustomType),
  filters: z.record(FilterName, Filter),
  /** Calls to the API in any second before 429; 0 is no limit. */
  callsPerSecond: z.number().int().min(0),
  /** How a filter compares an email address; Adobe does not say. */
  emailMatch: z.enum(['exact', 'ignoreCase', 'prefix']),
  tokenSeconds: z.number().min(0),
  /** Each answer names a record by a new PKey; older ones still resolve. */
  unstablePKeys: z.boolean(),
  /** A single GET answers `{"content":[…]}`. */
  wrapSingle: z.boolean(),
  /** What a data policy does to names. */
  rewrite: z.enum(['none', 'smartCase']),
}
const Settings = z.strictObject(shape)
export type Settings = z.infer<typeof Settings>
export type CustomType = z.infer<typeof CustomType>

/** In the two maps null takes a name away; other names stay. */
const SettingsChange = z
  .strictObject(
    {
      ...shape,
      customFields: z.record(CustomField, CustomType.nullable()),
      filters: z.record(FilterName, Filter.nullable()),
    },
    { error: namesAllowed('setting', Object.keys(shape)) },
  )
  .partial()
export type SettingsChange = z.infer<typeof SettingsChange>

export const defaultSettings: Settings = {
  dialect: 'standard',
  latencyMs: 0,
  bigTableThreshold: 100_000, // XtkBigTableThreshold, AdobeDocs campaign-standard.en pagination
  businessKey: 'cusCrmId',
  customFields: {
    cusCrmId: 'string',
    cusLoyaltyId: 'string',
    cusTier: 'string',
    cusScore: 'number',
    cusVip: 'boolean',
  },
  filters: {},
  callsPerSecond: 0,
  emailMatch: 'exact',
  tokenSeconds: 86_399, // AdobeDocs developer console, IMS reference
  unstablePKeys: false,
  wrapSingle: false,
  rewrite: 'none',
}

/** The dialect that an environment variable names. */
export const readDialect = (given: unknown): Settings['dialect'] =>
  parseControl(shape.dialect, 'CAMPAIGN_DIALECT', given)

const mergeByName = <Item>(
  current: Record<string, Item>,
  change: Record<string, Item | null> | undefined,
) => {
  const merged = new Map(Object.entries(current))
  for (const [name, item] of Object.entries(change ?? {})) {
    if (item === null) merged.delete(name)
    else merged.set(name, item)
  }
  return Object.fromEntries(merged)
}

export const mergeSettings = (current: Settings, given: unknown): Settings => {
  const { customFields, filters, ...change } = parseControl(SettingsChange, 'settings', given)
  return parseControl(Settings, 'settings', {
    ...current,
    ...change,
    customFields: mergeByName(current.customFields, customFields),
    filters: mergeByName(current.filters, filters),
  })
}
