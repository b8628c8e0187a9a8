// What the engine offers, at one glance. PUT does not exist (AdobeDocs campaign-standard.en verbs);
// that whatever else is asked gets the answer of a bad URL is inferred.
import type { HttpAnswer } from './answer.ts'
import { badUrl } from './engine-error.ts'
import type { Instance } from './instance.ts'
import { countProfiles, listProfiles } from './list-profiles.ts'
import { listOrgUnits, readOrgUnit } from './org-units.ts'
import { createProfile, deleteProfile, readProfile, updateProfile } from './profile-operations.ts'
import { type Call, findRoute } from './route.ts'

const operations = new Map<string, (instance: Instance, call: Call) => HttpAnswer>([
  ['GET profile collection', listProfiles],
  ['GET profile count', countProfiles],
  ['POST profile collection', createProfile],
  ['GET profile record', readProfile],
  ['PATCH profile record', updateProfile],
  ['DELETE profile record', deleteProfile],
  ['GET orgUnitBase collection', listOrgUnits],
  ['GET orgUnitBase record', readOrgUnit],
])

/** Resources that are not out of the box. */
const extendedOnly = new Set(['orgUnitBase'])

export const answerCall = (
  instance: Instance,
  method: string,
  segments: readonly string[],
  query: URLSearchParams,
  body: Buffer | string,
): HttpAnswer => {
  const route = findRoute(instance, segments, query, body)
  if (!route || (extendedOnly.has(route.resource) && !route.call.extended)) return badUrl()
  // Only the bare collection takes a POST; filters and projections are for reading.
  if (method === 'POST' && route.call.collection.length > 1) return badUrl()
  const operation = operations.get(`${method} ${route.resource} ${route.shape}`)
  return operation ? operation(instance, route.call) : badUrl()
}
