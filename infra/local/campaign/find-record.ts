// The record that a URL names: a segment that starts with @ is a PKey, any other a key of the resource.
import type { Instance } from './instance.ts'
import type { Call } from './route.ts'
import type { Row } from './table.ts'
import type { Read } from './value.ts'

/** Profiles have their business key on profileAndServicesExt only (AdobeDocs campaign-standard.en must-read); units have none. */
export const findRecord = ({ keys, errors }: Instance, { resource, api, key, endpoint }: Call): Read<Row> => {
  const { table, keyName, keyApis } = resource
  if (key.startsWith('@')) {
    const id = keys.read(resource.kind, key)
    if (id === undefined) return { refusal: errors.malformedKey(resource, key, endpoint) }
    const row = table.get(id)
    return row ? { value: row } : { refusal: errors.unknownRecord(resource, key, endpoint) }
  }
  if (keyName === null || !keyApis.includes(api)) return { refusal: errors.badUrl(endpoint) }
  const row = table.withKey(key)
  return row ? { value: row } : { refusal: errors.unknownRecord(resource, key, endpoint) }
}
