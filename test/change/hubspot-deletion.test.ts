import { describe, expect, it } from 'vitest'
import type { DecodeContext } from '../../functions/change/source.ts'
import { kind } from '../../functions/change/sources/hubspot.ts'
import { hubspotEvent } from '../support/sent-events.ts'
import { contextOf, now, summaryOf } from './decode-context.ts'
import { sample } from './recorded.ts'

/** HubSpot tells a privacy deletion twice: as such, and as a deletion. */
const gone = sample('hubspot-contact-deletion-and-privacyDeletion.json')
const merged = sample('hubspot-contact-merge.json')
const { mapping } = contextOf('hubspot')

const decode = (payload: unknown, given: Partial<DecodeContext> = {}) => {
  const decoded = kind.decode(payload, contextOf('hubspot', given))
  if ('refused' in decoded) throw new Error(decoded.refused[0].detail)
  return decoded
}
const changesOf = (...given: Parameters<typeof decode>) =>
  decode(...given).map((item) => {
    if (item.kind !== 'change') throw new Error(summaryOf(item).join())
    return item.change
  })

describe('a deletion of a contact', () => {
  it('is ignored by its name where nothing is to be done', () => {
    expect(decode(gone, { deletes: 'ignore' }).map(summaryOf)).toEqual([
      ['ignored privacy-deletion'],
      ['ignored deletion'],
    ])
  })

  it('deletes the profile where that is said', () => {
    const common = {
      source: 'hubspot',
      occurredAt: 1759999999945,
      action: 'delete',
      match: [{ attribute: 'cusCrmId', value: '1246965' }],
      set: {},
      restate: {},
    }
    const id = expect.stringMatching(/^[0-9a-f]{64}$/)
    expect(changesOf(gone, { deletes: 'delete' })).toEqual([
      { ...common, id, index: 0 },
      { ...common, id, index: 1 },
    ])
  })

  it('closes every channel where that is said', () => {
    for (const change of changesOf(gone, { deletes: 'opt-out' })) {
      expect(change).toMatchObject({
        action: 'update',
        set: { blackList: true },
        restate: {},
        isDeletion: true,
      })
      expect(change.match).toEqual([{ attribute: 'cusCrmId', value: '1246965' }])
    }
  })

  it('waits for a person where that is said, kept as it came', () => {
    const decoded = decode(gone, { deletes: 'park' })
    expect(decoded.map(summaryOf)).toEqual([['privacy-deletion /0'], ['deletion /1']])
    expect(decoded.map((item) => (item.kind === 'rejected' ? item.event : undefined))).toEqual(gone)
    for (const item of decoded) {
      expect(item).toMatchObject({ problems: [{ detail: expect.stringContaining('a person decides') }] })
    }
  })

  it('means the same in the newer format, and only where the object is a contact', () => {
    const event = hubspotEvent({ subscriptionType: 'object.deletion', objectTypeId: '0-1' })
    expect(changesOf([event], { deletes: 'delete' })).toMatchObject([{ action: 'delete' }])
    for (const other of [
      { ...event, objectTypeId: '0-2' },
      { ...event, subscriptionType: 'company.deletion' },
    ]) {
      expect(decode([other], { deletes: 'delete' }).map(summaryOf)).toEqual([['ignored not-a-contact']])
    }
  })

  it('of a tenant that is not listed is ignored, whatever is to be done', () => {
    for (const deletes of ['delete', 'opt-out', 'park'] as const) {
      const decoded = decode(gone, { deletes, mapping: { ...mapping, tenants: ['1'] } })
      expect(decoded.map(summaryOf)).toEqual([['ignored foreign-tenant'], ['ignored foreign-tenant']])
    }
  })

  it('has an id that is the same in every re-send, and no other event has', () => {
    const event = hubspotEvent({ subscriptionType: 'contact.deletion', propertyName: undefined })
    const idsOf = (...events: object[]) => changesOf(events, { deletes: 'delete' }).map(({ id }) => id)
    const [id, again, ...others] = idsOf(
      event,
      { ...event, attemptNumber: 7 },
      { ...event, subscriptionType: 'contact.privacyDeletion' },
      { ...event, objectId: 1 },
      hubspotEvent(),
      hubspotEvent({ propertyName: 'lastname' }),
    )
    expect(again).toBe(id)
    expect(new Set([id, ...others]).size).toBe(5)
  })

  it('that lies too far ahead, or of a contact without a usable id, is rejected like any change', () => {
    for (const deletes of ['delete', 'opt-out'] as const) {
      const event = hubspotEvent({ subscriptionType: 'contact.deletion', propertyName: undefined })
      const ahead = { ...event, occurredAt: now + 300_001 }
      expect(decode([ahead], { deletes }).map(summaryOf)).toEqual([['future /0/occurredAt']])
      expect(changesOf([{ ...ahead, occurredAt: now + 300_000 }], { deletes })).toHaveLength(1)
      const unmatched = { deletes, mapping: { ...mapping, match: [] } }
      expect(decode([event], unmatched).map(summaryOf)).toEqual([['match-not-supported /0']])
    }
  })
})

describe('a merge of contacts', () => {
  it('waits for a person where nothing else is said, kept as it came', () => {
    for (const given of [{}, { mapping: { ...mapping, merges: 'park' } as const }]) {
      expect(decode(merged, given)).toEqual([
        {
          kind: 'rejected',
          problems: [
            {
              code: 'merge',
              detail: 'two contacts were merged in the CRM: a person decides which profile stays',
              pointer: '/0',
            },
          ],
          event: [merged].flat()[0],
        },
      ])
    }
  })

  it('is ignored where its source says so, and only there', () => {
    const decoded = decode(merged, { mapping: { ...mapping, merges: 'ignore' } })
    expect(decoded.map(summaryOf)).toEqual([['ignored merge']])
  })

  it('is not a deletion, whatever is done with those', () => {
    for (const deletes of ['delete', 'opt-out', 'ignore'] as const) {
      expect(decode(merged, { deletes }).map(summaryOf)).toEqual([['merge /0']])
    }
  })

  it('hurts no event around it', () => {
    const event = hubspotEvent({ subscriptionType: 'contact.merge', propertyName: undefined })
    expect(decode([hubspotEvent(), event, hubspotEvent({ eventId: 2 })]).map(summaryOf)).toEqual([
      ['change'],
      ['merge /1'],
      ['change'],
    ])
  })
})
