// What can be set about the emulated instance while it runs.
import * as z from 'zod'
import { namesAllowed, parseControl } from './control-refusal.ts'
import { uncertainDefaults, uncertainShape } from './uncertain-settings.ts'

const CustomType = z.enum(['string', 'integer', 'number', 'boolean', 'date', 'datetime'])
const CustomField = z.string().regex(/^cus[A-Za-z0-9_]{1,27}$/, 'custom fields are named cus…')
const FieldType = z.union([CustomType, z.strictObject({ link: z.string() })], {
  error: `must be ${CustomType.options.map((type) => `"${type}"`).join('|')} or {"link":"<resource>"}`,
})
export type FieldType = z.infer<typeof FieldType>
const FilterName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'filters are named by letters and digits')
const Filter = z.strictObject({
  attribute: z.string(),
  parameter: z.string().min(1),
  /** `profile` unless given. */
  resource: z.string().optional(),
})
const ResourceName = z.string().regex(/^cus[A-Z][A-Za-z0-9_]{0,26}$/, 'custom resources are named cus…')
const FieldName = z
  .string()
  .regex(/^(?!(PKey|href|created|lastModified|title)$)[A-Za-z][A-Za-z0-9_]{0,29}$/, 'not a name for a field')
  .refine((name) => !(name in Object.prototype), 'not a name for a field')
const CustomResource = z.strictObject({
  /** Under profileAndServicesExt, else under customResources. */
  linkedToProfile: z.boolean().default(true),
  /** A field of type string, unique unless empty, that stands for the PKey in URLs. */
  key: FieldName.nullable().default(null),
  fields: z.record(FieldName, FieldType),
})
export type CustomResource = z.infer<typeof CustomResource>
const OrgUnit = z.strictObject({ name: z.string().min(1), label: z.string() })
export type OrgUnit = z.infer<typeof OrgUnit>
const milliseconds = z.number().min(0)

const shape = {
  /** Which engine answers. */
  dialect: z.enum(['standard', 'v8'], 'must be standard or v8'),
  /** Every call to the API and to IMS takes this long. */
  latencyMs: milliseconds,
  /** Above this many rows a list has no `next` unless `_forcePagination=true`. */
  bigTableThreshold: z.number().int().min(0),
  /** The custom field that serves as key in URLs; null for none. */
  businessKey: CustomField.nullable(),
  customFields: z.record(CustomField, FieldType),
  customResources: z.record(ResourceName, CustomResource),
  /** Organizational units besides `All`; one that is named again keeps its PKey. */
  orgUnits: z.array(OrgUnit),
  filters: z.record(FilterName, Filter),
  /** Calls to the API in any second before 429; 0 is no limit. */
  callsPerSecond: z.number().int().min(0),
  tokenSeconds: z.number().min(0),
  /** A single GET answers `{"content":[…]}`. */
  wrapSingle: z.boolean(),
  /** What a data policy does to names. */
  rewrite: z.enum(['none', 'smartCase']),
  /** Where hrefs start, behind a proxy; null for the emulator's own address. */
  baseUrl: z
    .string()
    .regex(/^https?:\/\/[^/]+$/, 'scheme and host, without a slash at the end')
    .nullable(),
  ...uncertainShape,
}
const Settings = z.strictObject(shape)
export type Settings = z.infer<typeof Settings>
export type CustomType = z.infer<typeof CustomType>

/** In the maps null takes a name away; other names stay. */
const SettingsChange = z
  .strictObject(
    {
      ...shape,
      customFields: z.record(CustomField, FieldType.nullable()),
      customResources: z.record(ResourceName, CustomResource.nullable()),
      filters: z.record(FilterName, Filter.nullable()),
      dataPolicies: z.record(z.string(), uncertainShape.dataPolicies.valueType.nullable()),
    },
    { error: namesAllowed('setting', Object.keys(shape)) },
  )
  .partial()
export type SettingsChange = z.input<typeof SettingsChange>

export const defaultSettings: Settings = parseControl(Settings, 'settings', {
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
  customResources: {},
  orgUnits: [],
  filters: {},
  callsPerSecond: 0,
  tokenSeconds: 86_399, // AdobeDocs developer console, IMS reference
  wrapSingle: false,
  rewrite: 'none',
  baseUrl: null,
  ...uncertainDefaults,
})

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
  const { customFields, customResources, filters, dataPolicies, ...change } = parseControl(
    SettingsChange,
    'settings',
    given,
  )
  return parseControl(Settings, 'settings', {
    ...current,
    ...change,
    customFields: mergeByName(current.customFields, customFields),
    customResources: mergeByName(current.customResources, customResources),
    filters: mergeByName(current.filters, filters),
    dataPolicies: mergeByName(current.dataPolicies, dataPolicies),
  })
}
