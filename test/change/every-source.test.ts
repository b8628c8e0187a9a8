import { describe, expect, it } from 'vitest'
import { changeSchema } from '../../functions/change/change.ts'
import { DELETES, type DecodeContext, type Decoded, type Kind } from '../../functions/change/source.ts'
import { contextOf, now } from './decode-context.ts'
import { kindNames, recorded } from './recorded.ts'

/** Codes of the events that are left to a person where no setting says otherwise. */
const DECIDED_BY_A_PERSON = ['merge']

it('knows the kinds by their files', () =>
  expect(kindNames()).toEqual(expect.arrayContaining(['direct', 'hubspot'])))

describe.each(kindNames())('the source %s', async (name) => {
  const { kind }: { kind: Kind } = await import(`../../functions/change/sources/${name}.ts`)
  const payloads = [...recorded(name).values()]
  const decode = (text: string, given: Partial<DecodeContext> = {}): readonly Decoded[] => {
    const decoded = kind.decode(JSON.parse(text), contextOf(name, given))
    if ('refused' in decoded) throw new Error(decoded.refused[0].detail)
    return decoded
  }
  const changesOf = (decoded: readonly Decoded[]) =>
    decoded.flatMap((item) => (item.kind === 'change' ? [item.change] : []))

  it('has recorded payloads, each with one result per event, and none rejected that is not for a person to decide', () => {
    expect(payloads).not.toEqual([])
    for (const text of payloads) {
      const events = [JSON.parse(text)].flat()
      const decoded = decode(text)
      expect(decoded).toHaveLength(events.length)
      const codes = decoded.flatMap((item) => (item.kind === 'rejected' ? [item.problems[0].code] : []))
      expect(DECIDED_BY_A_PERSON).toEqual(expect.arrayContaining(codes))
    }
    expect(payloads.flatMap((text) => changesOf(decode(text)))).not.toEqual([])
  })

  it('yields changes that cross the queue as they are', () => {
    for (const deletes of DELETES) {
      for (const change of payloads.flatMap((text) => changesOf(decode(text, { deletes })))) {
        expect(changeSchema.parse(JSON.parse(JSON.stringify(change)))).toEqual(change)
        expect(change.source).toBe(name)
        expect(change.id).toMatch(/^[A-Za-z0-9._:~-]{1,128}$/)
      }
    }
  })

  it('yields the same changes when the same bytes come again later', () => {
    for (const text of payloads) {
      for (const deletes of DELETES) {
        expect(decode(text, { deletes, now: now + 86_400_000 })).toEqual(decode(text, { deletes }))
      }
    }
  })

  it('gives each event an id of its own, deletions too', () => {
    const ids = payloads.flatMap((text) => changesOf(decode(text, { deletes: 'delete' })).map(({ id }) => id))
    // The samples of our own format repeat no id; vendors repeat none either.
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('points at each change by its place in the body', () => {
    for (const text of payloads) {
      for (const [index, item] of decode(text).entries()) {
        if (item.kind === 'change') expect(item.change.index).toBe(index)
      }
    }
  })

  it('never throws, and loses no event of a body it cannot read', () => {
    for (const payload of [null, 1, 'x', true, [], {}, [null], [[]], [{ id: {} }], { __proto__: null }]) {
      const decoded = kind.decode(payload, contextOf(name))
      if ('refused' in decoded) continue
      expect(decoded).toHaveLength(Array.isArray(payload) ? payload.length : 1)
      for (const [index, item] of decoded.entries()) {
        expect(item).toMatchObject({
          kind: 'rejected',
          event: Array.isArray(payload) ? payload[index] : payload,
        })
      }
    }
  })
})
