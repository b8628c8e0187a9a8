// What the engine offers, at one glance. PUT does not exist (AdobeDocs campaign-standard.en verbs);
// that whatever else is asked gets the answer of a bad URL is inferred.
import type { HttpAnswer } from './answer.ts'
import { answerHistory, readHistoryMetadata } from './history.ts'
import type { Instance } from './instance.ts'
import { countRecords, listRecords } from './list-records.ts'
import { readLocationPart, updateLocationPart } from './location-operations.ts'
import { listCustomResources, readFilters, readMetadata } from './metadata.ts'
import { readJson } from './record-body.ts'
import { createRecord, deleteRecord, readRecord, updateByBodyKey, updateRecord } from './record-operations.ts'
import { apiNamed, type Call, endpointOf, findRoute } from './route.ts'
import {
  countSubscriptions,
  listSubscriptions,
  readSubscription,
  subscribe,
  unsubscribe,
} from './subscription-operations.ts'

const operations = new Map<string, (instance: Instance, call: Call) => HttpAnswer>([
  ['GET collection', listRecords],
  ['GET count', countRecords],
  ['POST collection', createRecord],
  ['PATCH collection', updateByBodyKey],
  ['GET record', readRecord],
  ['PATCH record', updateRecord],
  ['DELETE record', deleteRecord],
  ['GET location', readLocationPart],
  ['PATCH location', updateLocationPart],
  ['GET subscriptions', listSubscriptions],
  ['GET subscriptionCount', countSubscriptions],
  ['POST subscriptions', subscribe],
  ['GET subscription', readSubscription],
  ['DELETE subscription', unsubscribe],
  ['GET metadata', (instance, { resource, api }) => readMetadata(instance, resource, api)],
])

/** What is not a resource: the list of custom ones, metadata, history. */
const answerElse = (
  instance: Instance,
  segments: readonly string[],
  query: URLSearchParams,
): HttpAnswer | undefined => {
  const [first = '', second, ...rest] = segments
  const api = apiNamed(first)
  if (!api) return undefined
  if (second === undefined && api !== 'profileAndServices') return listCustomResources(instance, api)
  const hasHistory = instance.settings.dialect === 'standard' && api === 'profileAndServices'
  if (second === 'history' && hasHistory) return answerHistory(instance, rest, query)
  if (second !== 'resourceType') return undefined
  const [name = '', part] = rest
  if (part === 'filters') return readFilters(instance, name, api)
  if (part !== undefined) return undefined
  if (name === 'history' && hasHistory) return readHistoryMetadata(instance)
  const resource = instance.resources.get(name)
  return resource?.apis.includes(api) ? readMetadata(instance, resource, api) : undefined
}

const answer = (
  instance: Instance,
  method: string,
  segments: readonly string[],
  query: URLSearchParams,
  body: Buffer | string,
): HttpAnswer => {
  const badUrl = () => instance.errors.badUrl(endpointOf(segments))
  const other = method === 'GET' ? answerElse(instance, segments, query) : undefined
  if (other) return other
  const route = findRoute(instance, segments, query, body)
  if (!route) {
    // The end-to-end test of Adobe's client sends nonsense to a resource that does not exist, and is told of the nonsense.
    const read = method === 'GET' || method === 'DELETE' ? undefined : readJson(instance, body)
    return read && 'refusal' in read ? read.refusal : badUrl()
  }
  const { shape, call } = route
  // Filters and projections are for reading.
  if (method !== 'GET' && call.collection.length > 1) return badUrl()
  const isOwn = shape === 'collection' || shape === 'record'
  if (isOwn && !call.resource.verbs.has(method)) return badUrl()
  const operation = operations.get(`${method} ${shape}`)
  return operation ? operation(instance, call) : badUrl()
}

/** What type the engine's errors have is not documented: lines of text, or one JSON string. */
export const answerCall = (
  instance: Instance,
  method: string,
  segments: readonly string[],
  query: URLSearchParams,
  body: Buffer | string,
): HttpAnswer => {
  const answered = answer(instance, method, segments, query, body)
  if (instance.settings.errorFormat === 'text' || answered.status < 400) return answered
  const headers = { ...answered.headers, 'content-type': 'application/json;charset=utf-8' }
  return { ...answered, headers, body: JSON.stringify(answered.body) }
}
