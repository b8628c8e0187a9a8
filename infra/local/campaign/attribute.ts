// The attributes of a resource: what may be written, what is shown, how an empty one reads.
import type { CustomType, FieldType } from './settings.ts'

export type Value = string | number | boolean
export type AttributeType = CustomType | 'enumeration' | 'link' | 'object' | 'other'

export type Attribute = {
  name: string
  type: AttributeType
  writable: boolean
  /** Reachable through profileAndServicesExt only. */
  extended: boolean
  maxLength: number | undefined
  /** Undefined where any text passes. */
  values: ReadonlySet<string> | undefined
  empty: Value
  /** Reads as empty whatever was stored. */
  dropped: boolean
  /** The resource that a link leads to. */
  target: string | undefined
}

export type Attributes = {
  byName: ReadonlyMap<string, Attribute>
  /** Stored values that an answer shows as they are. */
  scalars: readonly Attribute[]
  extendedScalars: readonly Attribute[]
  links: readonly Attribute[]
  locationMembers: readonly string[]
  /** Consent flag → the times that its change sets. */
  stampsOf: ReadonlyMap<string, readonly string[]>
}

export const emptyOf = (type: CustomType): Value =>
  type === 'boolean' ? false : type === 'number' || type === 'integer' ? 0 : ''

export const attribute = (
  name: string,
  type: AttributeType,
  given: Partial<Omit<Attribute, 'name' | 'type'>> = {},
): Attribute => ({
  name,
  type,
  writable: true,
  extended: false,
  maxLength: undefined,
  values: undefined,
  empty: type === 'boolean' || type === 'number' || type === 'integer' ? emptyOf(type) : '',
  dropped: false,
  target: undefined,
  ...given,
})

/** A field of the settings: of a type of its own, or a link to a resource. */
export const customAttribute = (
  name: string,
  type: FieldType,
  given: Partial<Pick<Attribute, 'extended'>> = {},
): Attribute =>
  typeof type === 'string'
    ? attribute(name, type, given)
    : attribute(name, 'link', { ...given, target: type.link })

const isScalar = ({ name, type }: Attribute) =>
  !name.includes('.') && !['link', 'object', 'other'].includes(type)

/** `computed`: what an answer shows but nobody stores. */
export const gather = (
  all: readonly Attribute[],
  computed: ReadonlySet<string>,
  rest: Partial<Pick<Attributes, 'locationMembers' | 'stampsOf'>> = {},
): Attributes => {
  const scalars = all.filter((one) => isScalar(one) && !computed.has(one.name))
  return {
    byName: new Map(all.map((one) => [one.name, one])),
    scalars: scalars.filter(({ extended }) => !extended),
    extendedScalars: scalars.filter(({ extended }) => extended),
    links: all.filter(({ type }) => type === 'link'),
    locationMembers: [],
    stampsOf: new Map(),
    ...rest,
  }
}
