import { describe, expect, it } from 'vitest'
import { DELETES } from '../../functions/change/source.ts'
import { kind } from '../../functions/change/sources/direct.ts'
import { contextOf, summaryOf } from './decode-context.ts'

const one = (given: object, context = contextOf('direct')) => {
  const change = { id: 'evt_1', occurredAt: '2026-11-22T10:00:00Z', match: { cusCrmId: '7' }, ...given }
  const decoded = kind.decode(change, context)
  if ('refused' in decoded || !decoded[0]) throw new Error('refused')
  return decoded[0]
}
const changeOf = (given: object) => {
  const decoded = one(given)
  if (decoded.kind !== 'change') throw new Error(summaryOf(decoded).join())
  return decoded.change
}
const problemsOf = (given: object) => {
  const decoded = one(given)
  return decoded.kind === 'rejected' ? decoded.problems : []
}

describe('the action', () => {
  it('is update where nothing is said', () => {
    expect(changeOf({ set: { phone: '1' } }).action).toBe('update')
    expect(changeOf({ action: 'update', set: { phone: '1' } }).action).toBe('update')
  })

  it('is none but the three there are, and the refusal names them', () => {
    for (const action of ['Update', 'DELETE', 'create', '', 'constructor']) {
      expect(problemsOf({ action, set: { phone: '1' } }), action).toEqual([
        {
          code: 'action-not-supported',
          detail: 'must be one of update, upsert, delete',
          pointer: '/action',
        },
      ])
    }
    for (const action of [1, null, ['delete']]) {
      expect(summaryOf(one({ action, set: { phone: '1' } }))).toEqual(['invalid /action'])
    }
  })

  it('that nobody knows is refused without a word about what it would have to hold', () => {
    expect(summaryOf(one({ action: 'purge' }))).toEqual(['action-not-supported /action'])
  })
})

describe('an upsert', () => {
  it('carries its values like an update', () => {
    expect(changeOf({ action: 'upsert', set: { phone: '1' }, restate: { firstName: 'Amy' } })).toMatchObject({
      action: 'upsert',
      set: { phone: '1' },
      restate: { firstName: 'Amy' },
    })
  })

  it('without anything to write still makes sure that the profile exists', () => {
    for (const given of [{}, { set: {} }, { restate: {} }, { restate: { phone: null, blackList: false } }]) {
      expect(changeOf({ action: 'upsert', ...given }), JSON.stringify(given)).toMatchObject({
        action: 'upsert',
        set: {},
        restate: {},
      })
    }
  })

  it('by nothing but a PKey is refused, since that creates no profile', () => {
    for (const match of [{ PKey: '@a' }, [{ PKey: '@a' }]]) {
      expect(problemsOf({ action: 'upsert', match, set: { phone: '1' } })).toEqual([
        {
          code: 'match-not-supported',
          detail: 'a profile cannot be created by its PKey',
          pointer: '/match',
        },
      ])
    }
    expect(changeOf({ action: 'upsert', match: [{ PKey: '@a' }, { email: 'a@b' }] }).match).toHaveLength(2)
  })

  it('has only its unreadable match entry named where one is left besides the PKey', () => {
    const match = [{ PKey: '@a' }, { email: 'nobody' }]
    expect(summaryOf(one({ action: 'upsert', match }))).toEqual(['value-invalid /match/1/email'])
  })
})

describe('a deletion', () => {
  it('says whom and when, by any attribute that profiles are matched by', () => {
    expect(changeOf({ action: 'delete', sequence: '7' })).toEqual({
      id: 'evt_1',
      index: 0,
      source: 'direct',
      occurredAt: Date.parse('2026-11-22T10:00:00Z'),
      sequence: '7',
      action: 'delete',
      match: [{ attribute: 'cusCrmId', value: '7' }],
      set: {},
      restate: {},
    })
    for (const match of [{ PKey: '@a' }, { email: 'a@b' }]) {
      expect(changeOf({ action: 'delete', match }).action).toBe('delete')
    }
  })

  it('holds no values, not even none', () => {
    const detail = 'a deletion holds neither set nor restate'
    for (const values of [{}, { phone: '1' }, { nope: 1 }]) {
      expect(problemsOf({ action: 'delete', set: values })).toEqual([
        { code: 'invalid', detail, pointer: '/set' },
      ])
      expect(summaryOf(one({ action: 'delete', set: values, restate: values }))).toEqual([
        'invalid /set',
        'invalid /restate',
      ])
    }
  })

  it('is taken whatever is done with the deletions of CRMs', () => {
    for (const deletes of DELETES) {
      const decoded = one({ action: 'delete' }, contextOf('direct', { deletes }))
      expect(decoded, deletes).toMatchObject({ kind: 'change', change: { action: 'delete' } })
    }
  })
})
