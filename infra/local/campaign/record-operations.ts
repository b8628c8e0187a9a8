// GET, POST, PATCH and DELETE of records of any resource.
// AdobeDocs campaign-standard.en verbs, creating-profiles-api, updating-profiles, must-read, creating-a-service.
import { type HttpAnswer, jsonAnswer } from './answer.ts'
import { findRecord } from './find-record.ts'
import type { Instance } from './instance.ts'
import { nameRecord } from './links.ts'
import { isObject, readJson, readRecordBody } from './record-body.ts'
import type { Call } from './route.ts'
import { showRecord } from './show-record.ts'
import type { Row } from './table.ts'
import { addRecord, changeRecord, findDuplicate } from './write-record.ts'

const isEmpty = (body: Buffer | string) => /^\s*(\{\s*\}\s*)?$/.test(body.toString())

/** 204 of v8 for a PATCH that says nothing. */
const noContent: HttpAnswer = { kind: 'answer', status: 204, headers: {}, body: '' }

export const createRecord = (instance: Instance, { resource, body, extended }: Call): HttpAnswer => {
  const read = readRecordBody(instance, resource, body, { kind: 'create', extended })
  if ('refusal' in read) return read.refusal
  const duplicate = findDuplicate(instance, resource, read.value)
  if (duplicate) return duplicate
  const row = addRecord(instance, resource, read.value)
  return jsonAnswer(201, showRecord(instance, resource, row, extended, 'created'))
}

/** A single record has an href in v8 only; one page of Adobe's wraps it in `content`. */
export const readRecord = (instance: Instance, call: Call): HttpAnswer => {
  const found = findRecord(instance, call)
  if ('refusal' in found) return found.refusal
  const { href, ...rest } = showRecord(instance, call.resource, found.value, call.extended)
  const { dialect, wrapSingle } = instance.settings
  const shown = dialect === 'v8' ? { href, ...rest } : rest
  return jsonAnswer(200, wrapSingle ? { content: [shown] } : shown)
}

const updateRow = (instance: Instance, call: Call, row: Row): HttpAnswer => {
  const { resource, extended, key, body } = call
  const { errors, settings } = instance
  if (settings.dialect === 'v8' && isEmpty(body)) return noContent
  const read = readRecordBody(instance, resource, body, { kind: 'update', extended })
  if ('refusal' in read) return read.refusal
  const newKey = resource.keyName === null ? undefined : read.value.get(resource.keyName)
  if (newKey !== undefined && newKey !== key && !key.startsWith('@')) {
    return errors.keyChange(resource, key, String(newKey))
  }
  const duplicate = findDuplicate(instance, resource, read.value, row)
  if (duplicate) return duplicate
  changeRecord(instance, resource, row, read.value)
  return jsonAnswer(200, nameRecord(instance, resource, row, extended))
}

/** Merges. A record addressed by its business key keeps that key; one addressed by its PKey may get a free one. */
export const updateRecord = (instance: Instance, call: Call): HttpAnswer => {
  const found = findRecord(instance, call)
  return 'refusal' in found ? found.refusal : updateRow(instance, call, found.value)
}

/** PATCH on the bare collection: no source; with `patchCollection: byKey` the key in the body names the record. */
export const updateByBodyKey = (instance: Instance, call: Call): HttpAnswer => {
  const { resource, body, endpoint } = call
  const read = readJson(instance, body)
  if ('refusal' in read) return read.refusal
  const key = resource.keyName !== null && isObject(read.value) ? read.value[resource.keyName] : undefined
  if (instance.settings.patchCollection === 'refuse' || typeof key !== 'string' || key === '') {
    return instance.errors.badUrl(endpoint)
  }
  const row = resource.table.withKey(key)
  return row ? updateRow(instance, { ...call, key }, row) : instance.errors.unknownRecord(resource, key)
}

/** 200 as AdobeDocs verbs says; nobody says with which body (`deleteBody`). A body of the request is not read. */
export const deleteRecord = (instance: Instance, call: Call): HttpAnswer => {
  const found = findRecord(instance, call)
  if ('refusal' in found) return found.refusal
  const named = nameRecord(instance, call.resource, found.value, call.extended)
  if (call.resource.name === 'profile') instance.subscriptions.removeProfile(found.value.id)
  if (call.resource.name === 'service') instance.subscriptions.removeService(found.value.id)
  call.resource.table.remove(found.value)
  return instance.settings.deleteBody === 'key'
    ? jsonAnswer(200, named)
    : { kind: 'answer', status: 200, headers: {}, body: '' }
}
