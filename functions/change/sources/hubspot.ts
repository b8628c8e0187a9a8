// HubSpot: webhooks v3, signature v3. Thin events, one property each, up to a hundred in an array, in no order.
// developers.hubspot.com/docs/api/webhooks and .../authentication/request-validation
import * as z from 'zod'
import { compositeId } from '../read/composite-id.ts'
import { deletionEffect, type Effect, mergeEffect } from '../read/effect.ts'
import { readField } from '../read/field.ts'
import { readMatchFields } from '../read/match-fields.ts'
import { futureProblem } from '../read/occurred-at.ts'
import { type Problem, pointerTo } from '../read/problem.ts'
import type { DecodeContext, Decoded, Kind } from '../source.ts'

const whole = z.union([z.int(), z.bigint(), z.string().regex(/^\d+$/)]).transform(String)

// HubSpot's table says eventType, its wire says subscriptionType; both are read. Keys we do not use may come and go.
const eventSchema = z
  .object({
    subscriptionType: z.string().optional(),
    eventType: z.string().optional(),
    objectTypeId: z.string().optional(),
    portalId: whole,
    subscriptionId: whole,
    eventId: whole,
    objectId: whole,
    occurredAt: z.int().nonnegative(),
    propertyName: z.string().optional(),
    propertyValue: z.string().nullish(),
  })
  .transform((event) => ({ ...event, type: event.subscriptionType ?? event.eventType }))
  .refine(({ type }) => type !== undefined, { path: ['subscriptionType'] })
type HubspotEvent = z.infer<typeof eventSchema>

/** HubSpot's own id of the contact object type, in events of the newer `object.*` format. */
const CONTACT = '0-1'

const decodeEvent = (given: unknown, index: number, at: string, context: DecodeContext): Decoded => {
  const reject = (problem: Problem): Decoded => ({ kind: 'rejected', problems: [problem], event: given })
  const parsed = eventSchema.safeParse(given)
  if (!parsed.success) {
    const pointer = pointerTo(at, ...(parsed.error.issues[0]?.path ?? []))
    return reject({ code: 'invalid', detail: 'is not an event as HubSpot documents it', pointer })
  }
  const event = parsed.data
  const { tenants } = context.mapping
  if (tenants !== 'any' && !tenants?.includes(event.portalId))
    return { kind: 'ignored', code: 'foreign-tenant' }
  const [object, verb = ''] = event.type?.split('.') ?? []
  if (object !== 'contact' && !(object === 'object' && event.objectTypeId === CONTACT)) {
    return { kind: 'ignored', code: 'not-a-contact' }
  }
  const effect = effectOf(verb, event, at, context)
  if ('ignored' in effect) return { kind: 'ignored', code: effect.ignored }
  if ('problem' in effect) return reject(effect.problem)
  const future = futureProblem(event.occurredAt, at, context)
  if (future) return reject(future)
  const match = readMatchFields({ objectId: event.objectId }, at, context)
  if ('problem' in match) return reject(match.problem)
  return {
    kind: 'change',
    change: {
      id: idOf(verb, event),
      index,
      source: context.source,
      occurredAt: event.occurredAt,
      ...effect,
      match: match.entries,
      restate: {},
    },
  }
}

const effectOf = (verb: string, event: HubspotEvent, at: string, context: DecodeContext): Effect => {
  switch (verb) {
    case 'propertyChange':
      return propertyEffect(event, at, context)
    case 'deletion':
      return deletionEffect('deletion', at, context)
    case 'privacyDeletion':
      return deletionEffect('privacy-deletion', at, context)
    case 'merge':
      return mergeEffect(at, context)
    case 'creation':
      // The properties of the new contact follow as events of their own.
      return { ignored: 'creation' }
    default:
      return { ignored: 'event-not-used' }
  }
}

const propertyEffect = (
  { propertyName, propertyValue }: HubspotEvent,
  at: string,
  context: DecodeContext,
): Effect => {
  if (propertyName === undefined) {
    const detail = 'a property change names its property'
    return { problem: { code: 'invalid', detail, pointer: `${at}/propertyName` } }
  }
  const pointer = `${at}/propertyValue`
  // A cleared property arrives as empty text.
  const field = readField(propertyName, propertyValue ?? '', pointer, context)
  if (field === undefined) return { ignored: 'not-mapped' }
  if ('problem' in field) return field
  return { action: 'update', set: { [field.attribute]: field.value } }
}

// HubSpot documents eventId as not unique; attemptNumber differs between re-sends. A privacy deletion raises a deletion
// as well, and neither names a property: there the verb tells them apart.
const idOf = (verb: string, event: HubspotEvent): string =>
  compositeId([
    ...[event.portalId, event.subscriptionId, event.eventId, event.objectId, event.occurredAt],
    ...(verb === 'propertyChange' ? [event.propertyName] : [undefined, verb]),
  ])

// Exactly these escapes are undone before signing, once; all others stay (request-validation, "Validate v3").
const DECODED: Readonly<Record<string, string>> = {
  ...{ '%3A': ':', '%2F': '/', '%3F': '?', '%40': '@', '%21': '!', '%24': '$', '%27': "'" },
  ...{ '%28': '(', '%29': ')', '%2A': '*', '%2C': ',', '%3B': ';' },
}

export const kind: Kind = {
  scheme: {
    signed: ['method', 'url', 'body', 'timestamp'],
    signature: { header: 'x-hubspot-signature-v3' },
    timestamp: { header: 'x-hubspot-request-timestamp', unit: 'milliseconds' },
    secret: { encoding: 'text' },
    canonicalUrl: (url) =>
      url.replace(/%[0-9a-f]{2}/gi, (encoded) => DECODED[encoded.toUpperCase()] ?? encoded),
  },
  senderReadsAnswer: false,
  needs: ['tenants', 'match', 'fields'],
  matchFields: ['objectId'],
  decode: (payload, context) =>
    Array.isArray(payload)
      ? payload.map((event: unknown, index) => decodeEvent(event, index, `/${index}`, context))
      : [decodeEvent(payload, 0, '', context)],
}
