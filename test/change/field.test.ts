import { describe, expect, it } from 'vitest'
import type { Normaliser, SourceMapping } from '../../functions/change/mapping.ts'
import { writableAttributes } from '../../functions/change/profile.ts'
import { readField } from '../../functions/change/read/field.ts'
import { toE164 } from '../../functions/change/read/phone.ts'
import { contextOf } from './decode-context.ts'

const mapping: SourceMapping = {
  kind: 'hubspot',
  fields: {
    name: 'firstName',
    loud: {
      attribute: 'lastName',
      normalise: [(text) => text.toUpperCase(), (text) => text.replace('MC', 'Mc')],
    },
    broken: {
      attribute: 'salutation',
      normalise: [
        (text) => {
          throw new Error(`cannot do ${text}`)
        },
      ],
    },
    // What a file that is never type-checked may hold.
    numeric: {
      attribute: 'cusScore',
      normalise: [((text: string) => Number(text)) as unknown as Normaliser],
    },
    nothing: { attribute: 'lastName', normalise: [(() => null) as unknown as Normaliser] },
    phone: 'phone',
    mobile: 'mobilePhone',
    fax: 'fax',
    born: 'birthDate',
    vip: 'cusVip',
    score: 'cusScore',
    sex: 'gender',
    optout: 'blackListEmail',
    explicit: { attribute: 'blackListEmail', optIn: 'explicit' },
    undeclared: 'cusUnheard',
  },
}
const read = (field: string, text: string, region?: string) =>
  readField(
    field,
    text,
    '/0/value',
    contextOf('crm', { mapping, ...(region && { normalisePhone: toE164(region) }) }),
  )
const readAs = (...given: Parameters<typeof read>) => {
  const field = read(...given)
  return field && 'value' in field ? field.value : field
}

describe('a field of a CRM', () => {
  it('goes to the attribute that the mapping says, and nowhere otherwise', () => {
    expect(read('name', 'Zoë')).toEqual({ attribute: 'firstName', value: 'Zoë', clears: false })
    for (const field of ['lifecyclestage', 'Name', '__proto__', 'constructor', 'undeclared']) {
      expect(read(field, 'x'), field).toBeUndefined()
    }
  })

  it('opts in only where the mapping says that it does so explicitly, and opts out anywhere', () => {
    expect(read('optout', 'false')).toMatchObject({
      problem: { code: 'opt-in-refused', pointer: '/0/value' },
    })
    expect(readAs('explicit', 'false')).toBe(false)
    for (const field of ['optout', 'explicit']) expect(readAs(field, 'true')).toBe(true)
  })

  it('is trimmed, then normalised in order', () => {
    expect(readAs('name', '  Zoë \n')).toBe('Zoë')
    expect(readAs('loud', ' mcadam ')).toBe('McADAM')
  })

  it.each([['broken'], ['numeric'], ['nothing']])(
    'is refused without its value when its normaliser (%s) fails on it, and nothing else is',
    (name) => {
      const field = read(name, 'canary')
      expect(field).toMatchObject({ problem: { code: 'value-invalid', pointer: '/0/value' } })
      expect(JSON.stringify(field)).not.toContain('canary')
    },
  )

  it('clears its attribute when it is empty', () => {
    for (const text of ['', ' ']) {
      expect(read('name', text)).toEqual({ attribute: 'firstName', value: '', clears: true })
      expect(read('born', text)).toEqual({ attribute: 'birthDate', value: '', clears: true })
      expect(read('sex', text)).toEqual({ attribute: 'gender', value: 'unknown', clears: true })
      for (const field of ['score', 'vip', 'optout']) {
        expect(read(field, text), field).toMatchObject({
          problem: { code: 'not-clearable', pointer: '/0/value' },
        })
      }
    }
  })

  it('is read as what its attribute holds', () => {
    expect(readAs('score', '12.50')).toBe(12.5)
    expect(readAs('score', '-3')).toBe(-3)
    expect(readAs('vip', 'TRUE')).toBe(true)
    expect(readAs('optout', 'true')).toBe(true)
    expect(readAs('explicit', 'false')).toBe(false)
    expect(readAs('name', '12')).toBe('12')
    expect(readAs('born', '1985-03-10')).toBe('1985-03-10')
  })

  it('is the PKey of a link, and the name of an organizational unit, neither of which can be empty', () => {
    const fields = { store: 'cusStore', unit: 'orgUnit' }
    const attributes = writableAttributes({ cusStore: { type: 'link' } })
    const context = contextOf('crm', { mapping: { ...mapping, fields }, attributes })
    const readIt = (field: string, given: string) => readField(field, given, '/0/value', context)
    expect(readIt('store', ' @a-1 ')).toEqual({ attribute: 'cusStore', value: '@a-1', clears: false })
    expect(readIt('unit', ' All ')).toEqual({ attribute: 'orgUnit', value: 'All', clears: false })
    for (const text of ['a', '@', '@a b', '{"PKey":"@a"}'])
      expect(readIt('store', text)).toMatchObject({ problem: { code: 'value-invalid' } })
    for (const field of ['store', 'unit'])
      expect(readIt(field, ' ')).toMatchObject({ problem: { code: 'not-clearable' } })
  })

  it('is a day where it is midnight UTC in epoch milliseconds, in 1970 as in any year', () => {
    const days = {
      '479260800000': '1985-03-10',
      '-86400000': '1969-12-31',
      '0': '1970-01-01',
      '86400000': '1970-01-02',
      '-2208988800000': '1900-01-01',
    }
    for (const [text, day] of Object.entries(days)) expect(readAs('born', text), text).toBe(day)
  })

  it('is refused by name where it does not read so, and never repeated', () => {
    const wrong = {
      score: ['twelve', '1e3', '1,5', '0x10', '--1', 'NaN', 'Infinity', '9007199254740993', '1.'],
      vip: ['yes', '1', 'truely'],
      optout: ['yes', '0'],
      born: ['10/03/1985', '2026-02-30', '19850310', '99999999999999999', '-99999999999999', '1'],
      sex: ['Male', 'x'],
      name: ['x'.repeat(31)],
    }
    for (const [field, texts] of Object.entries(wrong)) {
      for (const text of texts) {
        const refused = read(field, text)
        expect(refused, `${field} ${text}`).toEqual({
          problem: { code: 'value-invalid', detail: expect.any(String), pointer: '/0/value' },
        })
      }
    }
  })
})

describe('a phone', () => {
  it('stays as the CRM holds it where no region is configured', () => {
    for (const text of ['06 12 34 56 78', '(415) 555-0123', '+33 6 12 34 56 78']) {
      expect(readAs('phone', ` ${text} `)).toBe(text)
    }
  })

  it('becomes E.164 where a region is configured', () => {
    for (const field of ['phone', 'mobile', 'fax']) {
      expect(readAs(field, '06 12 34 56 78', 'FR')).toBe('+33612345678')
      expect(readAs(field, '(415) 555-2671', 'US')).toBe('+14155552671')
    }
    expect(readAs('phone', '+44 20 7946 0958', 'FR')).toBe('+442079460958')
  })

  it('stays where it cannot be read, or where E.164 would lose a part of it', () => {
    for (const text of ['ask reception', '12', '+', '0', '+999 1', '06 12 34 56 78 ext. 12']) {
      expect(readAs('phone', text, 'FR'), text).toBe(text)
    }
  })

  it('is the only thing that a region changes', () => {
    expect(readAs('name', '06 12 34 56 78', 'FR')).toBe('06 12 34 56 78')
  })

  it('needs a region that exists', () => {
    for (const region of ['XX', 'fr', '']) expect(() => toE164(region), region).toThrow(/ISO 3166/)
  })
})
