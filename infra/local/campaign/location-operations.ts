// PATCH on `/profile/<key>/location`: "Campaign Standard supports PATCH on elements within a schema"
// (AdobeDocs campaign.en limitations); the form of the URL, and that GET answers the object, are inferred.
import { type HttpAnswer, jsonAnswer } from './answer.ts'
import { findRecord } from './find-record.ts'
import type { Instance } from './instance.ts'
import { showLocation } from './profiles.ts'
import { readJson } from './record-body.ts'
import { updateRecord } from './record-operations.ts'
import type { Call } from './route.ts'

export const readLocationPart = (instance: Instance, call: Call): HttpAnswer => {
  const found = findRecord(instance, call)
  return 'refusal' in found ? found.refusal : jsonAnswer(200, showLocation(call.resource, found.value))
}

export const updateLocationPart = (instance: Instance, call: Call): HttpAnswer => {
  const read = readJson(instance, call.body)
  if ('refusal' in read) return read.refusal
  return updateRecord(instance, { ...call, body: JSON.stringify({ location: read.value }) })
}
