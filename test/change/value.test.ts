import { describe, expect, it } from 'vitest'
import type { AttributeDefinition } from '../../functions/change/profile.ts'
import { readValue } from '../../functions/change/read/value.ts'

const text: AttributeDefinition = { type: 'text', maxLength: 4 }
const endless: AttributeDefinition = { type: 'text' }
const email: AttributeDefinition = { type: 'email', maxLength: 128 }
const gender: AttributeDefinition = {
  type: 'enumeration',
  values: ['unknown', 'male', 'female'],
  empty: 'unknown',
}
const language: AttributeDefinition = { type: 'enumeration', empty: 'none' }

/** Values that are of no type at all. */
const NEITHER: readonly unknown[] = [undefined, {}, [], ['a'], { value: 'a' }]

const takes = (definition: AttributeDefinition, ...values: readonly unknown[]) => {
  for (const value of values) expect(readValue(definition, value)).toEqual({ value, clears: false })
}
const refuses = (definition: AttributeDefinition, ...values: readonly unknown[]) => {
  for (const value of [...values, ...NEITHER]) {
    expect(readValue(definition, value), String(value)).toEqual({
      problem: { code: 'value-invalid', detail: expect.stringMatching(/^must be /) },
    })
  }
}
const clears = (definition: AttributeDefinition, as: string, ...values: readonly unknown[]) => {
  for (const value of values) expect(readValue(definition, value)).toEqual({ value: as, clears: true })
}

describe('a text', () => {
  it('is taken as it is, up to its length in characters', () => {
    takes(text, 'a', 'abcd', ' a ', '🚀🚀🚀🚀', 'é\n"\\', '\uFFFF\uFFFE')
    takes(endless, 'x'.repeat(10_000))
  })

  it('is refused when too long, of another type, or no text a database holds', () => {
    refuses(text, 'abcde', '🚀🚀🚀🚀🚀', 1, true, 1n, 'a\u0000', '\uD800', 'a\uDC00')
    refuses(endless, 'x'.repeat(10_001))
  })

  it('is cleared by null and by empty text', () => clears(text, '', null, ''))
})

describe('an email', () => {
  it('has one @ and no white space', () => {
    takes(email, 'amy.dakota@mail.com', 'ZOË@exämple.com', `${'a'.repeat(122)}@b.com`)
    refuses(email, 'amy', '@', 'a@', '@b', 'a@b@c', 'a b@c', 'a@b\n', `${'a'.repeat(123)}@b.com`, 1, true)
    refuses(email, 'a\uD800@b.com', 'a\u0000@b.com', 'a\u001F@b.com')
  })

  it('is cleared by null and by empty text', () => clears(email, '', null, ''))
})

describe('a date', () => {
  it('is a day that exists', () => {
    takes({ type: 'date' }, '1985-03-10', '2024-02-29')
    refuses({ type: 'date' }, '2026-02-30', '10/03/1985', '1985-03-10T00:00:00Z', 479260800000, true)
  })

  it('is cleared by null and by empty text', () => clears({ type: 'date' }, '', null, ''))
})

describe('a date-time', () => {
  it('is RFC 3339 with an offset', () => {
    takes({ type: 'datetime' }, '2026-11-22T10:00:00Z', '2026-11-22T10:00:00.5+01:00')
    refuses({ type: 'datetime' }, '2026-11-22T10:00:00', '2026-11-22', 1763805600000, true)
  })

  it('is cleared by null and by empty text', () => clears({ type: 'datetime' }, '', null, ''))
})

describe('a number', () => {
  it('is a number of JSON', () => {
    takes({ type: 'number' }, 0, -1, 12.5, 1e21, Number.MAX_SAFE_INTEGER)
    refuses({ type: 'number' }, '1', '', true, 9007199254740993n, Number.NaN, Number.POSITIVE_INFINITY)
  })
})

describe('a boolean', () => {
  it('is true or false', () => {
    takes({ type: 'boolean' }, true, false)
    refuses({ type: 'boolean' }, 'true', 'false', '', 0, 1)
  })
})

describe('a link', () => {
  it('is an object with the PKey of a record and nothing else, and goes on as that PKey', () => {
    const PKey = '@Az0-_9'
    expect(readValue({ type: 'link' }, { PKey })).toEqual({ value: PKey, clears: false })
    const longest = `@${'x'.repeat(255)}`
    expect(readValue({ type: 'link' }, { PKey: longest })).toEqual({ value: longest, clears: false })
    refuses({ type: 'link' }, PKey, '', 1, true, { PKey: '' }, { PKey: 'Az0' }, { PKey: '@' }, { pkey: PKey })
    refuses({ type: 'link' }, { PKey: `${longest}x` }, { PKey: '@a b' }, { PKey: `${PKey}\n` }, [{ PKey }])
    refuses({ type: 'link' }, { PKey: 1 }, { PKey: null }, { PKey, href: 'x' }, { PKey: { PKey } })
  })
})

describe('an organizational unit', () => {
  it('is a name that is not empty', () => {
    takes({ type: 'unit' }, 'All', 'Łódź / Süd', 'x'.repeat(255), '@home')
    refuses({ type: 'unit' }, '', ' ', 'x'.repeat(256), 1, true, { PKey: '@x' }, 'a\u0000', '\uD800')
  })
})

it('is refused where null would clear what has no empty value', () => {
  for (const type of ['number', 'boolean', 'link', 'unit'] as const) {
    expect(readValue({ type }, null)).toEqual({
      problem: { code: 'not-clearable', detail: expect.stringContaining('cannot be cleared') },
    })
  }
})

describe('an enumeration', () => {
  it('has one of its names, spelled exactly', () => {
    takes(gender, 'male', 'female')
    refuses(gender, 'Male', 'other', '', 1, true, 'constructor')
  })

  it('whose names nobody lists takes any name', () => {
    takes(language, 'en_US', 'x'.repeat(64))
    refuses(language, '', 'en US', 'en-US', 'x'.repeat(65), 1)
  })

  it('is cleared by null and by its own empty name', () => {
    clears(gender, 'unknown', null, 'unknown')
    clears(language, 'none', null, 'none')
  })
})
