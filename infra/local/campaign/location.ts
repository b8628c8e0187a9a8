// The nested object `location` of a profile: members that are not named stay (inferred).
// Standard takes it in POST and PATCH, and PATCH on `/profile/<key>/location`; v8 refuses to update it:
// "PATCH operations" of AdobeDocs campaign.en limitations. That v8 takes it in a POST is inferred.

import type { Writer } from './record-body.ts'
import type { Resource } from './resource.ts'
import type { Judge, Read } from './value.ts'

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const readLocation = (
  { errors, settings }: Judge,
  resource: Resource,
  given: unknown,
  writer: Writer,
): Read<[string, unknown][]> => {
  const { locationMembers } = resource.attributes
  if (settings.dialect === 'v8' && writer.kind === 'update') {
    const [member = 'location'] = isObject(given) ? Object.keys(given) : []
    return { refusal: errors.unknownProperty(resource, member) }
  }
  if (given === null) return { value: locationMembers.map((member) => [`location.${member}`, null]) }
  if (!isObject(given)) return { refusal: errors.badValue('location', 'an object is expected') }
  const unknown = Object.keys(given).find((member) => !locationMembers.includes(member))
  if (unknown !== undefined && settings.unknownAttribute === 'refuse') {
    return { refusal: errors.unknownProperty(resource, unknown) }
  }
  return {
    value: Object.entries(given)
      .filter(([member]) => locationMembers.includes(member))
      .map(([member, value]) => [`location.${member}`, value]),
  }
}
