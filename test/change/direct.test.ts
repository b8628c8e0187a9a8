import { describe, expect, it } from 'vitest'
import { kind } from '../../functions/change/sources/direct.ts'
import { contextOf, now, summaryOf } from './decode-context.ts'

const context = contextOf('direct')
const valid = {
  id: 'evt_1',
  occurredAt: '2026-11-22T10:00:00.000Z',
  match: { email: 'amy.dakota@mail.com' },
  set: { phone: '3301020304' },
}
const decode = (payload: unknown) => {
  const decoded = kind.decode(payload, context)
  if ('refused' in decoded) throw new Error(`refused: ${decoded.refused[0].detail}`)
  return decoded
}
const one = (given: object) => decode({ ...valid, ...given })[0]
const changeOf = (given: object) => {
  const decoded = one(given)
  if (decoded?.kind !== 'change') throw new Error(summaryOf(decoded).join())
  return decoded.change
}
/** Every bad value of a field is refused with these problems. */
const refuses = (field: string, problems: readonly string[], ...values: readonly unknown[]) => {
  for (const value of values) expect(summaryOf(one({ [field]: value })), String(value)).toEqual(problems)
}

it('turns the documented example into a change', () => {
  expect(decode(valid)).toEqual([
    {
      kind: 'change',
      change: {
        id: 'evt_1',
        index: 0,
        source: 'direct',
        occurredAt: Date.parse('2026-11-22T10:00:00.000Z'),
        action: 'update',
        match: [{ attribute: 'email', value: 'amy.dakota@mail.com' }],
        set: { phone: '3301020304' },
        restate: {},
      },
    },
  ])
})

describe('id', () => {
  it('is 1 to 128 letters, digits and . _ : ~ -', () => {
    for (const id of ['a', 'A-z_0.9:~', 'x'.repeat(128)]) expect(changeOf({ id }).id).toBe(id)
    refuses('id', ['invalid /id'], '', 'x'.repeat(129), 'a b', 'a/b', 'é', 'a\n', 1, null, undefined, ['a'])
  })
})

describe('occurredAt', () => {
  it('is RFC 3339 with an offset', () => {
    expect(changeOf({ occurredAt: '2026-11-22T10:00:00.5+01:00' }).occurredAt).toBe(
      Date.parse('2026-11-22T09:00:00.500Z'),
    )
    refuses(
      'occurredAt',
      ['invalid /occurredAt'],
      '',
      '2026-11-22',
      '2026-11-22T10:00:00',
      now,
      null,
      undefined,
    )
  })

  it('is kept as sent up to five minutes ahead, and refused one millisecond further', () => {
    const ahead = (milliseconds: number) => new Date(now + milliseconds).toISOString()
    expect(changeOf({ occurredAt: ahead(300_000) }).occurredAt).toBe(now + 300_000)
    refuses('occurredAt', ['future /occurredAt'], ahead(300_001), ahead(86_400_000), '9999-12-31T23:59:59Z')
  })

  it('may be long past', () => {
    expect(changeOf({ occurredAt: '0001-01-01T00:00:00Z' }).occurredAt).toBe(
      Date.parse('0001-01-01T00:00:00Z'),
    )
  })
})

describe('sequence', () => {
  it('is at most 39 decimal digits as text', () => {
    for (const sequence of ['0', '007', '9'.repeat(39)])
      expect(changeOf({ sequence }).sequence).toBe(sequence)
    refuses('sequence', ['invalid /sequence'], '', '-1', '1.5', '0x1', '٣', '1'.repeat(40), 1, null)
  })

  it('may be left out', () => expect(changeOf({})).not.toHaveProperty('sequence'))
})

describe('set and restate', () => {
  it('are objects, of which at least one is there', () => {
    for (const field of ['set', 'restate']) refuses(field, [`invalid /${field}`], null, 'x', 1, true, [])
    expect(summaryOf(one({ set: undefined }))).toEqual(['invalid '])
  })

  it('with nothing in them write nothing', () => {
    for (const given of [
      { set: {} },
      { set: {}, restate: {} },
      { set: { location: {} } },
      { set: undefined, restate: { phone: null } },
      { set: undefined, restate: { blackListEmail: false } },
    ]) {
      expect(summaryOf(one(given)), JSON.stringify(given)).toEqual(['ignored nothing-to-write'])
    }
  })
})

describe('an unknown key', () => {
  it('is refused at the top, each one by its pointer', () => {
    expect(summaryOf(one({ Set: {}, 'a/b': 1 }))).toEqual(['unknown-key /Set', 'unknown-key /a~1b'])
  })

  it('is refused when it is __proto__ or the like', () => {
    for (const key of ['__proto__', 'constructor', 'toString']) {
      const text = JSON.stringify(valid)
      const at = (path: string, code: string, payload: string) =>
        expect(decode(JSON.parse(payload)).map(summaryOf), payload).toEqual([[`${code} ${path}/${key}`]])
      at('', 'unknown-key', text.replace('{', `{"${key}":{"x":1},`))
      at('/set', 'attribute-unknown', text.replace('"phone"', `"${key}"`))
      at('/restate', 'attribute-unknown', text.replace('{"phone"', `{},"restate":{"${key}"`))
      at('/match', 'match-not-supported', text.replace('"email"', `"${key}"`))
      at('/set/location', 'attribute-unknown', text.replace(/"phone":"\d+"/, `"location":{"${key}":"x"}`))
    }
    expect({}).not.toHaveProperty('x')
  })
})

describe('a body', () => {
  it('is one object, or an array with one result each', () => {
    const decoded = decode([valid, { ...valid, id: '' }, { ...valid, set: {} }, { ...valid, id: 'evt_2' }])
    expect(decoded.map(summaryOf)).toEqual([
      ['change'],
      ['invalid /1/id'],
      ['ignored nothing-to-write'],
      ['change'],
    ])
    expect(decoded.flatMap((item) => (item.kind === 'change' ? [item.change.index] : []))).toEqual([0, 3])
  })

  it('has 1 to 100 changes', () => {
    expect(decode(Array(100).fill(valid))).toHaveLength(100)
    for (const count of [0, 101]) {
      expect(kind.decode(Array(count).fill(valid), context)).toEqual({
        refused: [{ code: 'invalid', detail: expect.stringMatching(/^must hold at/), pointer: '' }],
      })
    }
  })

  it('of anything but objects is refused where it stands', () => {
    for (const payload of [null, 'x', 1, true]) {
      expect(decode(payload).map(summaryOf)).toEqual([['invalid ']])
      expect(decode([payload]).map(summaryOf)).toEqual([['invalid /0']])
    }
    expect(decode([[valid]]).map(summaryOf)).toEqual([['invalid /0']])
  })

  it('has all its faults named at once', () => {
    expect(summaryOf(one({ id: '', occurredAt: 'x', match: 1, set: 1, extra: 1 }))).toEqual([
      'invalid /id',
      'invalid /occurredAt',
      'invalid /match',
      'invalid /set',
      'unknown-key /extra',
    ])
    expect(
      summaryOf(
        one({
          action: 'purge',
          match: { phone: '1' },
          set: { age: 1 },
          restate: { nope: 1, cusScore: 'x' },
        }),
      ),
    ).toEqual([
      'action-not-supported /action',
      'match-not-supported /match/phone',
      'attribute-read-only /set/age',
      'attribute-unknown /restate/nope',
      'value-invalid /restate/cusScore',
    ])
  })
})
