// What a payload comes to, whichever way it came: made once for a worker, pure from then on.
import { filtersOf, type Mappings } from '../change/mapping.ts'
import { faultsOf, ignoredFields } from '../change/mapping-faults.ts'
import { writableAttributes } from '../change/profile.ts'
import { reservedNames } from '../change/read/business-key.ts'
import type { Refused, Source } from '../change/source.ts'
import { type BusConfig, isExtended, StartError } from '../runtime/config.ts'
import type { Log } from '../runtime/log.ts'
import { type Sorted, sort } from './sort.ts'

/** Decodes the payload of a source that arrived at `receivedAt` (epoch milliseconds) and sorts its events. */
export type Decode = (source: Source, payload: unknown, receivedAt: number) => Sorted | Refused

export type DecodeConfig = Pick<BusConfig, 'BUSINESS_KEY' | 'CAMPAIGN_DIALECT' | 'DELETES'>

/** Throws a StartError where mappings.ts is at fault, and warns of what this dialect ignores. */
export const createDecode = (mappings: Mappings, config: DecodeConfig, log: Log): Decode => {
  const { BUSINESS_KEY: businessKey, CAMPAIGN_DIALECT: dialect, DELETES: deletes } = config
  const faults = faultsOf(mappings, businessKey)
  if (faults.length > 0) throw new StartError(`cannot start, mend mappings.ts: ${faults.join('; ')}`)
  const attributes = writableAttributes(mappings.attributes, dialect, isExtended(config, mappings))
  const ignored = ignoredFields(mappings, attributes)
  if (ignored.length > 0) log.warn('mapping.ignored', { fields: ignored, dialect })
  const filters = filtersOf(mappings, dialect)
  const fixed = {
    attributes,
    reserved: reservedNames(attributes, filters),
    businessKey,
    filters,
    deletes,
  }

  return ({ name, kind, mapping, normalisePhone }, payload, receivedAt) => {
    const context = { ...fixed, source: name, mapping, normalisePhone, now: receivedAt }
    const decoded = kind.decode(payload, context)
    return 'refused' in decoded ? decoded : sort(decoded, Array.isArray(payload))
  }
}
