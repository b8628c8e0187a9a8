// What a payload comes to, whichever way it came: made once for a worker, pure from then on.
import { filtersOf, type Mappings } from '../change/mapping.ts'
import { faultsOf, ignoredFields } from '../change/mapping-faults.ts'
import { writableAttributes } from '../change/profile.ts'
import { reservedNames } from '../change/read/business-key.ts'
import type { Refused, Source } from '../change/source.ts'
import { type BusConfig, isExtended, StartError } from '../runtime/config.ts'
import { type Sorted, sort } from './sort.ts'

/** Decodes the payload of a source that arrived at `receivedAt` (epoch milliseconds) and sorts its events. */
export type Decode = (source: Source, payload: unknown, receivedAt: number) => Sorted | Refused

export type DecodeConfig = Pick<BusConfig, 'BUSINESS_KEY' | 'CAMPAIGN_DIALECT' | 'DELETES'>

export type Decoding = {
  readonly decode: Decode
  /** What this dialect ignores of mappings.ts, for a warning at start. */
  readonly ignored: readonly string[]
}

/** Throws a StartError where mappings.ts is at fault. */
export const createDecoding = (mappings: Mappings, config: DecodeConfig): Decoding => {
  const { BUSINESS_KEY: businessKey, CAMPAIGN_DIALECT: dialect, DELETES: deletes } = config
  const faults = faultsOf(mappings, businessKey)
  if (faults.length > 0) throw new StartError(`cannot start, mend mappings.ts: ${faults.join('; ')}`)
  const attributes = writableAttributes(mappings.attributes, dialect, isExtended(config, mappings))
  const filters = filtersOf(mappings, dialect)
  const fixed = {
    attributes,
    reserved: reservedNames(attributes, filters),
    businessKey,
    filters,
    deletes,
  }

  const decode: Decode = ({ name, kind, mapping, normalisePhone }, payload, receivedAt) => {
    const context = { ...fixed, source: name, mapping, normalisePhone, now: receivedAt }
    const decoded = kind.decode(payload, context)
    return 'refused' in decoded ? decoded : sort(decoded, Array.isArray(payload))
  }
  return { decode, ignored: ignoredFields(mappings, attributes) }
}
