import { describe, expect, it } from 'vitest'
import { filtersOf } from '../../functions/change/mapping.ts'
import { kind } from '../../functions/change/sources/direct.ts'
import { mappings } from '../support/mappings.ts'
import { contextOf, summaryOf } from './decode-context.ts'

const one = (match: unknown, context = contextOf('direct')) => {
  const decoded = kind.decode(
    { id: 'evt_1', occurredAt: '2026-11-22T10:00:00Z', match, set: { phone: '1' } },
    context,
  )
  return 'refused' in decoded ? undefined : decoded[0]
}
const entriesOf = (match: unknown, context = contextOf('direct')) => {
  const decoded = one(match, context)
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

describe('a value that a custom filter finds by', () => {
  const filters = {
    cusLoyaltyId: { name: 'byLoyaltyId', parameter: 'loyaltyId_parameter' },
    cusTier: { name: 'byTier', parameter: 'tier_parameter' },
    thumbnail: { name: 'byThumbnail', parameter: 'thumbnail_parameter' },
    'location.address1': { name: 'byAddress', parameter: 'address_parameter' },
  }
  const context = contextOf('direct', { filters: filtersOf({ ...mappings, filters }, 'standard') })

  it('is text to the letter, or a whole number as its digits', () => {
    const values: readonly [unknown, string][] = [
      ['L-1', 'L-1'],
      [' l/1 ', ' l/1 '],
      [7, '7'],
      [1745500706683617281n, '1745500706683617281'],
    ]
    for (const [given, value] of values)
      expect(entriesOf({ cusLoyaltyId: given }, context)).toEqual([{ attribute: 'cusLoyaltyId', value }])
  })

  it('is free of what a URL’s path reserves: it is a parameter', () => {
    for (const value of [
      '.',
      '..',
      '@abc',
      '_count',
      'x.json',
      'email',
      'byEmail',
      'metadata',
      '?',
      'ä&b=c#',
    ])
      expect(entriesOf({ cusLoyaltyId: value }, context), value).toEqual([
        { attribute: 'cusLoyaltyId', value },
      ])
  })

  it('is nothing empty, no control character, no half character and nothing else than text', () => {
    for (const value of [
      '',
      'a\u0000',
      'a\n',
      '\u007F',
      '\uD800',
      1.5,
      2 ** 53,
      true,
      null,
      ['7'],
      { id: 7 },
    ])
      expect(entriesOf({ cusLoyaltyId: value }, context), String(value)).toEqual([
        'value-invalid /match/cusLoyaltyId',
      ])
  })

  it('is no longer than its attribute holds, and than 255 characters where that is not known', () => {
    for (const [attribute, longest] of [
      ['cusLoyaltyId', 100],
      ['thumbnail', 255],
      ['location.address1', 255],
    ] as const) {
      expect(entriesOf({ [attribute]: '🚀'.repeat(longest) }, context)).toMatchObject([{ attribute }])
      expect(entriesOf({ [attribute]: 'a'.repeat(longest + 1) }, context)).toEqual([
        `value-invalid /match/${attribute}`,
      ])
    }
  })

  it('may come before and after other entries', () => {
    expect(entriesOf([{ cusLoyaltyId: 'L1' }, { cusCrmId: '7' }, { cusTier: 'gold' }], context)).toEqual([
      { attribute: 'cusLoyaltyId', value: 'L1' },
      { attribute: 'cusCrmId', value: '7' },
      { attribute: 'cusTier', value: 'gold' },
    ])
  })

  it('is refused where no filter is declared, naming what can be matched by', () => {
    expect(entriesOf({ cusLoyaltyId: 'L1' })).toEqual(['match-not-supported /match/cusLoyaltyId'])
    const allowed = 'PKey, email, cusCrmId, cusLoyaltyId, cusTier, thumbnail, location.address1'
    expect(one({ externalId: 'x' }, context)).toMatchObject({
      problems: [{ detail: `profiles can be matched by ${allowed}` }],
    })
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
