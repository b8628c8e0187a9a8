// HubSpot: webhooks v3, signature v3. Thin events, one property each, up to a hundred in an array, in no order.
// developers.hubspot.com/docs/api/webhooks and .../authentication/request-validation
import * as z from 'zod'
import { isConsent } from '../profile.ts'
import { compositeId } from '../read/composite-id.ts'
import { readField } from '../read/field.ts'
import { readMatchFields } from '../read/match-fields.ts'
import { futureProblem } from '../read/occurred-at.ts'
import { type Problem, pointerTo } from '../read/problem.ts'
import type { DecodeContext, Decoded, IgnoredCode, Kind } from '../source.ts'

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

const IGNORED: ReadonlyMap<string, IgnoredCode> = new Map([
  ['creation', 'creation'],
  ['deletion', 'deletion'],
  ['merge', 'merge'],
  ['privacyDeletion', 'privacy-deletion'],
])

const decodeEvent = (given: unknown, index: number, at: string, context: DecodeContext): Decoded => {
  const reject = (...problems: readonly [Problem, ...Problem[]]): Decoded => ({
    kind: 'rejected',
    problems,
    event: given,
  })
  const parsed = eventSchema.safeParse(given)
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path ?? []
    return reject({
      code: 'invalid',
      detail: 'is not an event as HubSpot documents it',
      pointer: pointerTo(at, ...path),
    })
  }
  const event = parsed.data
  const { tenants } = context.mapping
  if (tenants !== 'any' && !tenants?.includes(event.portalId))
    return { kind: 'ignored', code: 'foreign-tenant' }
  const [object, verb = ''] = event.type?.split('.') ?? []
  if (object !== 'contact' && !(object === 'object' && event.objectTypeId === CONTACT)) {
    return { kind: 'ignored', code: 'not-a-contact' }
  }
  if (verb !== 'propertyChange') return { kind: 'ignored', code: IGNORED.get(verb) ?? 'event-not-used' }
  return decodePropertyChange(event, index, at, context, reject)
}

const decodePropertyChange = (
  event: HubspotEvent,
  index: number,
  at: string,
  context: DecodeContext,
  reject: (problem: Problem) => Decoded,
): Decoded => {
  if (event.propertyName === undefined) {
    return reject({
      code: 'invalid',
      detail: 'a property change names its property',
      pointer: `${at}/propertyName`,
    })
  }
  // A cleared property arrives as empty text.
  const field = readField(event.propertyName, event.propertyValue ?? '', `${at}/propertyValue`, context)
  if (field === undefined) return { kind: 'ignored', code: 'not-mapped' }
  const future = futureProblem(event.occurredAt, at, context)
  if (future) return reject(future)
  if ('problem' in field) return reject(field.problem)
  if (isConsent(field.attribute) && field.value === false) {
    return reject({
      code: 'opt-in-refused',
      detail: 'opting in is not taken from events',
      pointer: `${at}/propertyValue`,
    })
  }
  const match = readMatchFields({ objectId: event.objectId }, at, context)
  if ('problem' in match) return reject(match.problem)
  return {
    kind: 'change',
    change: {
      // HubSpot documents eventId as not unique; attemptNumber differs between re-sends.
      id: compositeId([
        ...[event.portalId, event.subscriptionId, event.eventId, event.objectId],
        ...[event.occurredAt, event.propertyName],
      ]),
      index,
      source: context.source,
      occurredAt: event.occurredAt,
      action: 'update',
      match: match.entries,
      set: { [field.attribute]: field.value },
      restate: {},
    },
  }
}

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
