import { describe, expect, it } from 'vitest'
import { kind } from '../../functions/change/sources/direct.ts'
import { contextOf, summaryOf } from './decode-context.ts'

const one = (match: unknown, context = contextOf('direct')) => {
  const decoded = kind.decode(
    { id: 'evt_1', occurredAt: '2026-11-22T10:00:00Z', match, set: { phone: '1' } },
    context,
  )
  return 'refused' in decoded ? undefined : decoded[0]
}
const entriesOf = (match: unknown) => {
  const decoded = one(match)
  return decoded?.kind === 'change' ? decoded.change.match : summaryOf(decoded)
}

describe('match', () => {
  it('is one attribute, or a list of one to four of them in order', () => {
    expect(entriesOf({ email: 'Amy@Mail.com' })).toEqual([{ attribute: 'email', value: 'Amy@Mail.com' }])
    expect(entriesOf([{ cusCrmId: '7' }, { PKey: '@a' }, { email: 'a@b' }])).toEqual([
      { attribute: 'cusCrmId', value: '7' },
      { attribute: 'PKey', value: '@a' },
      { attribute: 'email', value: 'a@b' },
    ])
  })

  it('is nothing else', () => {
    const entry = { email: 'a@b' }
    for (const match of [
      undefined,
      null,
      'a@b',
      1,
      {},
      [],
      [{}],
      { email: 'a@b', PKey: '@a' },
      [[entry]],
      ['x'],
    ]) {
      expect(entriesOf(match), JSON.stringify(match)).toEqual(['invalid /match'])
    }
    expect(entriesOf(Array(5).fill(entry))).toEqual(['invalid /match'])
  })

  it('names each attribute once', () => {
    expect(entriesOf([{ email: 'a@b' }, { cusCrmId: '7' }, { email: 'c@d' }])).toEqual([
      'invalid /match/2/email',
    ])
  })

  it('takes only attributes that profiles are matched by', () => {
    for (const attribute of ['phone', 'cusTier', 'Email', 'pkey', 'location.city']) {
      expect(entriesOf({ [attribute]: 'x' })).toEqual([`match-not-supported /match/${attribute}`])
    }
    expect(summaryOf(one({ cusCrmId: '7' }, contextOf('direct', { businessKey: undefined })))).toEqual([
      'match-not-supported /match/cusCrmId',
    ])
  })

  it('points into the list, with ~ and / escaped', () => {
    expect(entriesOf([{ email: 'a@b' }, { 'a/~b': 'x' }])).toEqual(['match-not-supported /match/1/a~1~0b'])
  })
})

describe('a key', () => {
  it('given as a number is its digits, however many', () => {
    const keys: readonly [unknown, string][] = [
      [7, '7'],
      [0, '0'],
      [Number.MAX_SAFE_INTEGER, '9007199254740991'],
      [1745500706683617281n, '1745500706683617281'],
    ]
    for (const [given, value] of keys)
      expect(entriesOf({ cusCrmId: given })).toEqual([{ attribute: 'cusCrmId', value }])
  })

  it('is not guessed from a number whose digits are lost, or from anything else', () => {
    for (const given of [1.5, 1e21, 2 ** 53, Number.NaN, true, null, ['7'], { id: 7 }]) {
      expect(entriesOf({ cusCrmId: given }), String(given)).toEqual(['value-invalid /match/cusCrmId'])
    }
  })

  it('that would not address a record is refused', () => {
    for (const key of [
      '',
      '.',
      '..',
      '@abc',
      '_count',
      'x.json',
      'email',
      'byEmail',
      'metadata',
      'cusTier',
      '\uD800',
    ]) {
      expect(entriesOf({ cusCrmId: key }), key).toEqual(['key-not-addressable /match/cusCrmId'])
    }
  })

  it('keeps its letters, spaces and slashes', () => {
    for (const value of ['a/b', ' 7 ', 'Zoë', '007', '%2e%2e']) {
      expect(entriesOf({ cusCrmId: value })).toEqual([{ attribute: 'cusCrmId', value }])
    }
  })
})

it('takes an email of at most 128 characters', () => {
  expect(entriesOf({ email: `${'a'.repeat(126)}@b` })).toHaveLength(1)
  for (const email of ['', 'amy', 'a b@c', `${'a'.repeat(127)}@b`, 7, 'a\uD800@b', 'a\u0000@b', null]) {
    expect(entriesOf({ email }), String(email)).toEqual(['value-invalid /match/email'])
  }
})

it('takes a PKey as Campaign spells it', () => {
  expect(entriesOf({ PKey: '@uK3xVwq-8_1' })).toEqual([{ attribute: 'PKey', value: '@uK3xVwq-8_1' }])
  for (const PKey of ['', '@', 'uK3xVwq', '@a/b', '@a.json', '@a b', `@${'a'.repeat(256)}`, 7]) {
    expect(entriesOf({ PKey }), String(PKey)).toEqual(['value-invalid /match/PKey'])
  }
})
