import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMessage } from '../../functions/change/message.ts'
import { type Dialect, writableAttributes } from '../../functions/change/profile.ts'
import { kind } from '../../functions/change/sources/direct.ts'
import { mappings } from '../support/mappings.ts'
import { contextOf, summaryOf } from './decode-context.ts'

const context = contextOf('direct')
const one = (given: object) => {
  const change = { id: 'evt_1', occurredAt: '2026-11-22T10:00:00Z', match: { cusCrmId: '7' }, ...given }
  const decoded = kind.decode(change, context)
  return 'refused' in decoded ? undefined : decoded[0]
}
const written = (given: object) => {
  const decoded = one(given)
  if (decoded?.kind !== 'change') return summaryOf(decoded)
  const { set, restate } = decoded.change
  return { set, restate }
}

describe('an attribute', () => {
  it('keeps the value it is given', () => {
    const set = {
      phone: ' 06 12 34 56 78 ',
      birthDate: '1985-03-10',
      gender: 'female',
      cusScore: 12.5,
      cusVip: false,
      cusTier: 'gold',
      email: 'Amy@Mail.com',
    }
    expect(written({ set })).toEqual({ set, restate: {} })
  })

  it('is cleared by null the way its type is', () => {
    expect(
      written({
        set: {
          phone: null,
          birthDate: null,
          email: null,
          gender: null,
          emailFormat: null,
          timeZone: null,
          preferredLanguage: null,
        },
      }),
    ).toEqual({
      set: {
        phone: '',
        birthDate: '',
        email: '',
        gender: 'unknown',
        emailFormat: 'unknown',
        timeZone: 'none',
        preferredLanguage: 'none',
      },
      restate: {},
    })
  })

  it('that is a number or a boolean cannot be cleared', () => {
    for (const field of ['set', 'restate']) {
      for (const attribute of ['cusScore', 'cusVip', 'blackListEmail']) {
        expect(written({ [field]: { [attribute]: null } })).toEqual([`not-clearable /${field}/${attribute}`])
      }
    }
  })

  it('that Campaign keeps to itself is refused', () => {
    for (const attribute of [
      'age',
      'PKey',
      'blackListLastModified',
      'postalAddress',
      'postalAddress.line1',
      'geoUnit',
      'lastModified',
    ]) {
      expect(written({ set: { [attribute]: 'x' } })).toEqual([`attribute-read-only /set/${attribute}`])
    }
    expect(written({ set: { postalAddress: { line1: 'x' } } })).toEqual([
      'attribute-read-only /set/postalAddress',
    ])
  })

  it('that is unknown is refused, with / and ~ escaped in its pointer', () => {
    for (const [attribute, pointer] of [
      ['nickname', 'nickname'],
      ['Phone', 'Phone'],
      ['cusUnheard', 'cusUnheard'],
      ['a/b', 'a~1b'],
      ['a~b', 'a~0b'],
      ['', ''],
    ] as const) {
      expect(written({ set: { [attribute]: 'x' } })).toEqual([`attribute-unknown /set/${pointer}`])
    }
  })

  it('is never the business key', () => {
    for (const value of ['7', '8', null]) {
      expect(written({ set: { cusCrmId: value } })).toEqual(['business-key-in-set /set/cusCrmId'])
    }
  })
})

describe('a link and an organizational unit', () => {
  const linked = { cusStore: { type: 'link' } } as const
  const read = (given: object, dialect: Dialect = 'standard', isExtended = true) => {
    const attributes = writableAttributes({ ...mappings.attributes, ...linked }, dialect, isExtended)
    const change = { id: 'evt_1', occurredAt: '2026-11-22T10:00:00Z', match: { cusCrmId: '7' }, ...given }
    const decoded = kind.decode(change, contextOf('direct', { attributes }))
    const [first] = 'refused' in decoded ? [] : decoded
    return first?.kind === 'change' ? first.change : summaryOf(first)
  }

  it('are taken as an object with a PKey and as a name, and travel as text', () => {
    const set = { cusStore: { PKey: '@a' }, orgUnit: 'All' }
    expect(read({ set })).toMatchObject({ set: { cusStore: '@a', orgUnit: 'All' } })
    expect(read({ restate: set })).toMatchObject({ restate: { cusStore: '@a', orgUnit: 'All' } })
    expect(read({ set: { cusStore: { PKey: '@a' } } }, 'v8')).toMatchObject({ set: { cusStore: '@a' } })
  })

  it('come out of the queue as they went in', () => {
    const change = read({ set: { cusStore: { PKey: '@a' }, orgUnit: 'All' } })
    const body = { v: 1, receipt: 'r', receivedAt: 1, hop: 0, changes: [change] }
    expect(readMessage(JSON.stringify(body))?.changes).toEqual([change])
  })

  it('cannot be cleared, and are nothing else', () => {
    for (const attribute of ['cusStore', 'orgUnit']) {
      expect(read({ set: { [attribute]: null } })).toEqual([`not-clearable /set/${attribute}`])
      for (const value of ['', {}, { PKey: '@a', href: 'x' }, { name: 'All' }, ['@a'], 1])
        expect(read({ set: { [attribute]: value } })).toEqual([`value-invalid /set/${attribute}`])
    }
    expect(read({ set: { cusStore: '@a' } })).toEqual(['value-invalid /set/cusStore'])
    expect(read({ set: { orgUnit: { PKey: '@a' } } })).toEqual(['value-invalid /set/orgUnit'])
  })

  it('of an instance that has none are refused by name', () => {
    expect(read({ set: { orgUnit: 'All' } }, 'v8')).toEqual(['attribute-read-only /set/orgUnit'])
    expect(read({ set: { orgUnit: 'All' } }, 'standard', false)).toEqual(['attribute-read-only /set/orgUnit'])
    expect(read({ set: { geoUnit: { PKey: '@a' } } })).toEqual(['attribute-read-only /set/geoUnit'])
  })
})

describe('location', () => {
  it('is taken nested and dotted alike', () => {
    const set = { 'location.city': 'Łódź', 'location.zipCode': '' }
    expect(written({ set: { location: { city: 'Łódź', zipCode: null } } })).toEqual({ set, restate: {} })
    expect(written({ set: { 'location.city': 'Łódź', location: { zipCode: '' } } })).toEqual({
      set,
      restate: {},
    })
  })

  it('is refused where one attribute is given both ways', () => {
    expect(written({ set: { location: { city: 'a' }, 'location.city': 'a' } })).toEqual([
      'invalid /set/location.city',
    ])
    expect(written({ set: { 'location.city': 'a', location: { city: 'a' } } })).toEqual([
      'invalid /set/location/city',
    ])
  })

  it('is refused in any other shape', () => {
    for (const location of [null, 'Łódź', 1, [], [{ city: 'a' }]]) {
      expect(written({ set: { location } }), JSON.stringify(location)).toEqual([
        'value-invalid /set/location',
      ])
    }
    expect(written({ set: { location: { city: 1, town: 'a' } } })).toEqual([
      'value-invalid /set/location/city',
      'attribute-unknown /set/location/town',
    ])
    expect(written({ set: { location: { city: { name: 'a' } } } })).toEqual([
      'value-invalid /set/location/city',
    ])
  })
})

describe.each([undefined, 'update', 'upsert'])('restate, where the action is %s,', (action) => {
  it('never clears', () => {
    expect(
      written({
        action,
        restate: {
          phone: null,
          fax: '',
          birthDate: null,
          gender: 'unknown',
          timeZone: null,
          lastName: 'Dakota',
          cusScore: 0,
        },
      }),
    ).toEqual({ set: {}, restate: { lastName: 'Dakota', cusScore: 0 } })
  })

  it('never opts in, and may opt out', () => {
    const restate = { blackListEmail: false, ccpaOptOut: false, blackList: true }
    expect(written({ action, restate })).toEqual({ set: {}, restate: { blackList: true } })
  })
})

describe('set', () => {
  it('may opt out', () => {
    expect(written({ set: { blackListEmail: true } })).toEqual({ set: { blackListEmail: true }, restate: {} })
  })

  it('may opt in, since who names a flag means it', () => {
    for (const attribute of ['blackList', 'blackListEmail', 'ccpaOptOut'])
      expect(written({ set: { [attribute]: false } })).toEqual({ set: { [attribute]: false }, restate: {} })
  })
})

it('never repeats a value in a problem', () => {
  const canary = 'canary7301'
  // Each is wrong somewhere, or right with a canary next to something wrong.
  const planted = fc.constantFrom<unknown>(
    canary,
    `@${canary}`,
    `${canary}.json`,
    [canary],
    { [canary.slice(0, 3)]: canary },
    `${canary}@mail.com`,
  )
  const attribute = fc.constantFrom(
    'phone',
    'birthDate',
    'gender',
    'email',
    'cusScore',
    'age',
    'cusCrmId',
    'location',
    'location.city',
    'blackListEmail',
    'timeZone',
    'nickname',
  )
  const attributes = fc.oneof(fc.dictionary(attribute, planted, { noNullPrototype: true }), planted)
  const change = fc.record(
    {
      id: fc.oneof(
        fc.constant('evt_1'),
        planted.map((value) => (typeof value === 'string' ? `${value} ` : value)),
      ),
      occurredAt: fc.oneof(fc.constant('2026-11-22T10:00:00Z'), planted),
      match: fc.oneof(
        fc.dictionary(fc.constantFrom('email', 'PKey', 'cusCrmId', 'phone'), planted, {
          noNullPrototype: true,
        }),
        planted,
      ),
      set: attributes,
      restate: attributes,
      action: fc.oneof(fc.constantFrom('update', 'upsert', 'delete'), planted),
      sequence: planted,
      unheard: planted,
    },
    { requiredKeys: [] },
  )
  let problems = 0
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const decoded = kind.decode(changes, context)
      for (const item of 'refused' in decoded ? [] : decoded) {
        if (item.kind !== 'rejected') continue
        problems += item.problems.length
        expect(JSON.stringify(item.problems)).not.toContain('canary')
      }
    }),
    { numRuns: 500, seed: 20261122 },
  )
  expect(problems).toBeGreaterThan(1000)
})

it('decodes whatever JSON there is without throwing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (payload) => {
      kind.decode(payload, context)
      kind.decode(
        [{ id: 'a', occurredAt: '2026-11-22T10:00:00Z', match: payload, set: payload, restate: payload }],
        context,
      )
    }),
    { numRuns: 300, seed: 20261122 },
  )
})
