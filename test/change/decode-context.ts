// What decoding knows besides the event, as the webhook gives it for the mapping that ships.

import { filtersOf } from '../../functions/change/mapping.ts'
import { writableAttributes } from '../../functions/change/profile.ts'
import { reservedNames } from '../../functions/change/read/business-key.ts'
import type { DecodeContext, Decoded } from '../../functions/change/source.ts'
import { mappings } from '../support/mappings.ts'

/** When every delivery of these tests arrives. */
export const now = Date.parse('2026-11-22T10:00:00.000Z')

const attributes = writableAttributes(mappings.attributes)
const filters = filtersOf(mappings, 'standard')

export const contextOf = (source: string, given: Partial<DecodeContext> = {}): DecodeContext => ({
  source,
  mapping: mappings.sources[source] ?? { kind: source },
  attributes,
  reserved: reservedNames(attributes, filters),
  businessKey: 'cusCrmId',
  filters,
  deletes: 'ignore',
  now,
  ...given,
})

/** The problems of one event as `code pointer`, or what else became of it. */
export const summaryOf = (decoded: Decoded | undefined): readonly string[] => {
  if (decoded === undefined) return ['nothing']
  if (decoded.kind === 'rejected') return decoded.problems.map(({ code, pointer }) => `${code} ${pointer}`)
  return [decoded.kind === 'ignored' ? `ignored ${decoded.code}` : 'change']
}
