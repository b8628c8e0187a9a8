// A profile as Campaign shows it, and how its values compare with ours.
import * as z from 'zod'
import type { Value, Values } from '../../change/change.ts'
import { type Attributes, isNested } from '../../change/profile.ts'
import { readInstant } from '../../change/read/instant.ts'

/** One record of an answer. Only what is read from it is required of it. */
export const recordSchema = z.looseObject({ PKey: z.string().min(1), href: z.string().optional() })
export type ProfileRecord = z.infer<typeof recordSchema>

/** What the record holds for an attribute, dotted names looked up inside; undefined where it shows none. */
export const valueIn = (record: ProfileRecord, attribute: string): unknown => {
  const [outer = '', inner] = attribute.split('.')
  const value = record[outer]
  if (inner === undefined) return value
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === inner)?.[1]
    : undefined
}

/** The text the record holds, empty where it shows none. */
export const textIn = (record: ProfileRecord, attribute: string): string => {
  const value = valueIn(record, attribute)
  return typeof value === 'string' ? value : ''
}

/** Dotted attributes become the nested object Campaign takes: `{"location":{"city":…}}`. */
export const toWire = (values: Values): Readonly<Record<string, unknown>> => {
  const body: Record<string, unknown> = {}
  for (const [attribute, value] of Object.entries(values)) {
    const [outer = '', inner] = attribute.split('.')
    if (inner === undefined || !isNested(outer)) body[attribute] = value
    else body[outer] = { ...Object(body[outer]), [inner]: value }
  }
  return body
}

/** Whether Campaign holds this value already, to the letter; values of date-time attributes are compared as moments. */
export const isHeld = (
  record: ProfileRecord,
  attribute: string,
  value: Value,
  attributes: Attributes,
): boolean => {
  const held = valueIn(record, attribute)
  if (held === value) return true
  const isMoment = attributes.get(attribute)?.type === 'datetime'
  return isMoment && typeof value === 'string' && typeof held === 'string' && isSameMoment(held, value)
}

/** Whether Campaign holds nothing: a number that was never set reads as 0, a boolean as false (campaign-standard.en samples). */
export const isEmpty = (record: ProfileRecord, attribute: string, attributes: Attributes): boolean => {
  const held = valueIn(record, attribute)
  const definition = attributes.get(attribute)
  const empty = definition?.type === 'enumeration' ? definition.empty : ''
  return held === undefined || held === null || held === empty || held === 0 || held === false
}

/** Whether a written value came back: a data policy may have changed its case or the space around it. */
export const isVerified = (
  record: ProfileRecord,
  attribute: string,
  value: Value,
  attributes: Attributes,
): boolean => {
  const held = valueIn(record, attribute)
  return (
    isHeld(record, attribute, value, attributes) ||
    (typeof held === 'string' &&
      typeof value === 'string' &&
      held.trim().toLowerCase() === value.trim().toLowerCase())
  )
}

// Campaign writes moments with a space: `2019-09-26 11:49:48.817Z` (campaign-standard.en samples).
const isSameMoment = (held: string, value: string): boolean => {
  const moment = readInstant(value)
  return moment !== undefined && readInstant(held.replace(' ', 'T')) === moment
}
