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

const linkSchema = z.object({
  PKey: z.string().min(1),
  href: z.string().optional(),
  title: z.string().optional(),
})
export type ShownLink = z.infer<typeof linkSchema>

/** The record that a link of this one leads to, undefined where it leads nowhere. */
const linkIn = (record: ProfileRecord, attribute: string): ShownLink | undefined =>
  linkSchema.safeParse(valueIn(record, attribute)).data

/** Whether an attribute is a link on the wire, `{"PKey":…}`, and its value here the PKey or the name of a unit. */
export const isLink = (attribute: string, attributes: Attributes): boolean => {
  const type = attributes.get(attribute)?.type
  return type === 'link' || type === 'unit'
}

/** Dotted attributes become the nested object Campaign takes, `{"location":{"city":…}}`; links hold PKeys by now. */
export const toWire = (values: Values, attributes: Attributes): Readonly<Record<string, unknown>> => {
  const body: Record<string, unknown> = {}
  for (const [attribute, value] of Object.entries(values)) {
    const [outer = '', inner] = attribute.split('.')
    if (isLink(attribute, attributes)) body[attribute] = { PKey: value }
    else if (inner === undefined || !isNested(outer)) body[attribute] = value
    else body[outer] = { ...Object(body[outer]), [inner]: value }
  }
  return body
}

/** Whether a link leads to the organizational unit of this name, as far as its units are known. */
export type IsUnit = (name: string, shown: ShownLink) => boolean

/** What values are compared by. */
export type Comparison = { readonly attributes: Attributes; readonly isUnit: IsUnit }

/**
 * Whether Campaign holds this value already, to the letter; values of date-time attributes are compared as moments. Links
 * are compared by PKey, which Adobe does not promise to be stable: at worst one is written again, or not verified.
 */
export const isHeld = (
  record: ProfileRecord,
  attribute: string,
  value: Value,
  { attributes, isUnit }: Comparison,
): boolean => {
  const held = valueIn(record, attribute)
  if (isLink(attribute, attributes)) {
    const shown = linkIn(record, attribute)
    if (!shown) return false
    if (attributes.get(attribute)?.type === 'unit') return isUnit(String(value), shown)
    return shown.PKey === value || (shown.href?.endsWith(`/${value}`) ?? false)
  }
  if (held === value) return true
  const isMoment = attributes.get(attribute)?.type === 'datetime'
  return isMoment && typeof value === 'string' && typeof held === 'string' && isSameMoment(held, value)
}

/** Whether Campaign holds nothing: a number that was never set reads as 0, a boolean as false (campaign-standard.en samples). */
export const isEmpty = (
  record: ProfileRecord,
  attribute: string,
  { attributes }: Pick<Comparison, 'attributes'>,
): boolean => {
  if (isLink(attribute, attributes)) return linkIn(record, attribute) === undefined
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
  comparison: Comparison,
): boolean => {
  const held = valueIn(record, attribute)
  return (
    isHeld(record, attribute, value, comparison) ||
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
