import { describe, expect, it } from 'vitest'
import { toChangesMessages } from '../../functions/change/message.ts'
import { DELETES, type Decoded } from '../../functions/change/source.ts'
import { kind } from '../../functions/change/sources/hubspot.ts'
import { hubspotEvent } from '../support/sent-events.ts'
import { contextOf, now, summaryOf } from './decode-context.ts'
import { recorded, sample } from './recorded.ts'

const context = contextOf('hubspot')
const decode = (payload: unknown, given = context) => {
  const decoded = kind.decode(payload, given)
  if ('refused' in decoded) throw new Error(decoded.refused[0].detail)
  return decoded
}
const event = hubspotEvent({ eventId: 3816279340 })
const one = (given: object, more = context) => decode([{ ...event, ...given }], more)[0]
const changeOf = (given: object) => {
  const decoded = one(given)
  if (decoded?.kind !== 'change') throw new Error(summaryOf(decoded).join())
  return decoded.change
}
/** What became of events, leaving out how they were spelled. */
const withoutEvents = (decoded: readonly Decoded[]) =>
  decoded.map((item) => (item.kind === 'rejected' ? item.problems : item))
/** The event without its type, for those that spell it otherwise. */
const { subscriptionType: _, ...untyped } = event

describe('a recorded delivery', () => {
  it('of property changes becomes one change each, the cleared one cleared, the unmapped one ignored', () => {
    const decoded = decode(sample('hubspot-contact-propertyChange.json'))
    expect(decoded.map(summaryOf)).toEqual([['change'], ['change'], ['change'], ['ignored not-mapped']])
    expect(decoded.map((item) => (item.kind === 'change' ? item.change.set : undefined))).toEqual([
      { firstName: 'Zoë' },
      { email: 'zoe.nguyen@example.com' },
      { mobilePhone: '' },
      undefined,
    ])
    expect(decoded[0]).toMatchObject({
      change: {
        index: 0,
        source: 'hubspot',
        occurredAt: 1759999999945,
        action: 'update',
        match: [{ attribute: 'cusCrmId', value: '1246965' }],
        restate: {},
      },
    })
  })

  it('of the newer object format becomes changes like the older one', () => {
    const decoded = decode(sample('hubspot-object-propertyChange-generic.json'))
    expect(decoded).toMatchObject([{ kind: 'change', change: { set: { firstName: 'Ada' } } }])
  })

  it('of creations is ignored', () => {
    const decoded = decode(sample('hubspot-contact-creation.json'))
    expect(decoded.map(summaryOf)).toEqual([['ignored creation'], ['ignored creation']])
  })

  it('means the same where the type is spelled eventType', () => {
    for (const [file, text] of recorded('hubspot')) {
      const respelled = JSON.parse(text.replaceAll('"subscriptionType"', '"eventType"'))
      for (const deletes of DELETES) {
        const given = contextOf('hubspot', { deletes })
        expect(withoutEvents(decode(respelled, given)), file).toEqual(
          withoutEvents(decode(JSON.parse(text), given)),
        )
      }
    }
  })
})

describe('the id of a change', () => {
  it('is the same in every re-send', () => {
    const { id } = changeOf({})
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    expect(changeOf({ attemptNumber: 7 }).id).toBe(id)
    expect(changeOf({ isSensitive: false, sourceId: 'userId:1' }).id).toBe(id)
    expect(decode([{}, { ...event, attemptNumber: 1 }])[1]).toMatchObject({ change: { id } })
  })

  it('differs between events', () => {
    const events = [
      {},
      { portalId: 1 },
      { subscriptionId: 26 },
      { eventId: 1 },
      { objectId: 1 },
      { occurredAt: 1759999999946 },
      { propertyName: 'lastname' },
      // Digits must not move from one part to the next.
      { subscriptionId: 2, eventId: 53816279340 },
    ]
    expect(new Set(events.map((given) => changeOf(given).id)).size).toBe(events.length)
  })

  it('does not depend on whether a number came as a number', () => {
    expect(changeOf({ objectId: '1246965', eventId: 3816279340n }).id).toBe(changeOf({}).id)
  })
})

it('keeps every digit of a long object id', () => {
  expect(changeOf({ objectId: 1745500706683617281n }).match).toEqual([
    { attribute: 'cusCrmId', value: '1745500706683617281' },
  ])
})

describe('tenants', () => {
  const listed = (...tenants: string[]) => contextOf('hubspot', { mapping: { ...context.mapping, tenants } })

  it('that the source lists are taken, others ignored', () => {
    expect(summaryOf(one({}, listed('1', '62515')))).toEqual(['change'])
    for (const tenants of [['1'], [], ['6251'], ['162515']]) {
      expect(summaryOf(one({}, listed(...tenants)))).toEqual(['ignored foreign-tenant'])
    }
  })

  it('are all taken only where any is said', () => {
    expect(summaryOf(one({ portalId: 999 }))).toEqual(['change'])
    const silent = contextOf('hubspot', { mapping: { kind: 'hubspot', fields: { firstname: 'firstName' } } })
    expect(summaryOf(one({}, silent))).toEqual(['ignored foreign-tenant'])
  })
})

describe('an event is ignored', () => {
  it('where it is not about a contact', () => {
    for (const subscriptionType of [
      'company.propertyChange',
      'deal.creation',
      'conversation.newMessage',
      'object.propertyChange',
    ]) {
      expect(summaryOf(one({ subscriptionType, objectTypeId: '0-2' }))).toEqual(['ignored not-a-contact'])
    }
    expect(summaryOf(one({ subscriptionType: 'object.propertyChange' }))).toEqual(['ignored not-a-contact'])
  })

  it('where nothing is done with its kind', () => {
    for (const verb of [
      'restore',
      'associationChange',
      'nonsense',
      '',
      'constructor',
      '__proto__',
      'toString',
    ]) {
      expect(summaryOf(one({ subscriptionType: `contact.${verb}` })), verb).toEqual([
        'ignored event-not-used',
      ])
    }
  })

  it('where its property is not mapped, whatever it holds', () => {
    for (const propertyName of ['lifecyclestage', 'Email', '', '__proto__', 'constructor']) {
      expect(summaryOf(one({ propertyName, propertyValue: null })), propertyName).toEqual([
        'ignored not-mapped',
      ])
    }
  })
})

describe('an event is rejected, and kept as it came,', () => {
  const rejects = (given: unknown, ...problems: readonly string[]) => {
    const [decoded] = decode([given])
    expect(summaryOf(decoded), JSON.stringify(given)).toEqual(problems)
    expect(decoded).toHaveProperty('event', given)
  }

  it('where it has not the shape of one', () => {
    for (const given of [null, 1, 'x', [], [event]]) rejects(given, 'invalid /0')
    rejects({}, 'invalid /0/portalId')
    for (const field of ['portalId', 'subscriptionId', 'eventId', 'objectId', 'occurredAt']) {
      for (const value of [undefined, null, 'x', 1.5, true, {}])
        rejects({ ...event, [field]: value }, `invalid /0/${field}`)
    }
    for (const value of [5, null, {}])
      rejects({ ...event, subscriptionType: value }, 'invalid /0/subscriptionType')
    for (const value of [5, true, {}]) rejects({ ...event, propertyValue: value }, 'invalid /0/propertyValue')
  })

  it('where it does not say what it is', () => rejects(untyped, 'invalid /0/subscriptionType'))

  it('where it lies before 1970', () => {
    for (const occurredAt of [-1, -9007199254740991])
      rejects({ ...event, occurredAt }, 'invalid /0/occurredAt')
  })

  it('where a property change names no property', () => {
    const { propertyName: _name, ...nameless } = event
    rejects(nameless, 'invalid /0/propertyName')
  })

  it('where it lies more than five minutes ahead', () => {
    rejects({ ...event, occurredAt: now + 300_001 }, 'future /0/occurredAt')
    expect(changeOf({ occurredAt: now + 300_000 }).occurredAt).toBe(now + 300_000)
  })

  it('where its value is none of its attribute', () => {
    rejects({ ...event, propertyName: 'email', propertyValue: 'amy' }, 'value-invalid /0/propertyValue')
    rejects({ ...event, propertyValue: 'x'.repeat(31) }, 'value-invalid /0/propertyValue')
    rejects(
      { ...event, propertyName: 'hs_email_optout', propertyValue: '' },
      'not-clearable /0/propertyValue',
    )
  })

  it('where it would opt in', () => {
    rejects(
      { ...event, propertyName: 'hs_email_optout', propertyValue: 'false' },
      'opt-in-refused /0/propertyValue',
    )
    expect(changeOf({ propertyName: 'hs_email_optout', propertyValue: 'true' }).set).toEqual({
      blackListEmail: true,
    })
  })

  it('without hurting the events around it', () => {
    const decoded = decode([event, { ...event, objectId: null }, { ...event, propertyName: 'lastname' }])
    expect(decoded.map(summaryOf)).toEqual([['change'], ['invalid /1/objectId'], ['change']])
  })
})

it('points from the start of a body that is no array', () => {
  expect(decode(event)).toMatchObject([{ kind: 'change', change: { index: 0 } }])
  expect(decode({ ...event, objectId: null }).map(summaryOf)).toEqual([['invalid /objectId']])
  expect(decode({ ...event, occurredAt: now + 300_001 }).map(summaryOf)).toEqual([['future /occurredAt']])
})

it('clears where the value is empty or absent', () => {
  for (const propertyValue of ['', '  ', null, undefined]) {
    expect(changeOf({ propertyValue }).set).toEqual({ firstName: '' })
  }
})

it('never repeats a value in a problem', () => {
  const canary = 'canary7301'
  const bad = [
    { propertyName: 'email', propertyValue: canary },
    { propertyName: 'date_of_birth', propertyValue: canary },
    { propertyName: 'hs_email_optout', propertyValue: canary },
    { propertyName: 'firstname', propertyValue: canary.repeat(10) },
    { objectId: canary },
    { occurredAt: canary },
    { propertyValue: [canary] },
  ]
  for (const given of bad) {
    const decoded = one(given)
    if (decoded?.kind !== 'rejected') throw new Error(`taken: ${JSON.stringify(given)}`)
    expect(JSON.stringify(decoded.problems)).not.toContain('canary')
  }
})

it('puts several properties of one contact into one message, another contact into another', () => {
  const properties = ['firstname', 'lastname', 'phone', 'city', 'zip']
  const events = [
    ...properties.map((propertyName, index) => ({
      ...event,
      eventId: index,
      propertyName,
      propertyValue: String(index),
    })),
    { ...event, objectId: 7 },
  ]
  const changes = decode(events).flatMap((item) => (item.kind === 'change' ? [item.change] : []))
  const messages = toChangesMessages({ receipt: 'r', receivedAt: now }, changes, ({ value }) => value)
  expect(messages.map(({ groupId, body }) => [groupId, JSON.parse(body).changes.length])).toEqual([
    ['1246965', 5],
    ['7', 1],
  ])
})
