import { describe, expect, it } from 'vitest'
import { isConsent, NOT_WRITABLE, writableAttributes } from '../../functions/change/profile.ts'
import documented from '../../infra/local/campaign/profile-attributes.json' with { type: 'json' }

const attributes = writableAttributes({})
const stock = documented.filter(({ name }) => !name.includes('<'))
const OTHERWISE = new Map([
  ['email', 'email'],
  ['orgUnit', 'unit'],
])
const scalar = (type: string) => /^(string|date|datetime|boolean|enumeration)\b/.exec(type)?.[1]

describe('the attributes of a profile', () => {
  it('are exactly the documented ones', () => {
    const names = stock.map(({ name }) => name).filter((name) => name !== 'location')
    expect([...attributes.keys(), ...NOT_WRITABLE].toSorted()).toEqual(names.toSorted())
  })

  it('are writable only where a source documents or implies it, and hold a value', () => {
    for (const { name, type, readOnly, readOnlyBasis } of stock) {
      if (name === 'location') continue
      // Links hold no value; the one that is written is written by the name of a unit.
      const isWritable = readOnly === false && (scalar(type) !== undefined || name === 'orgUnit')
      expect(attributes.has(name), name).toBe(isWritable)
      expect(NOT_WRITABLE.has(name), name).toBe(!isWritable)
      if (isWritable) expect(readOnlyBasis, name).toMatch(/^(documented|inferred writable)/)
    }
  })

  it('have the documented type, length and names', () => {
    const types = {
      string: 'text',
      date: 'date',
      datetime: 'datetime',
      boolean: 'boolean',
      enumeration: 'enumeration',
    }
    for (const { name, type, maxLength, enum: values, emptyValue } of stock) {
      const definition = attributes.get(name)
      if (!definition) continue
      const expected = OTHERWISE.get(name) ?? types[scalar(type) as keyof typeof types]
      expect(definition.type, name).toBe(expected)
      if (definition.type === 'text' || definition.type === 'email')
        expect(definition.maxLength, name).toBe(maxLength)
      if (definition.type !== 'enumeration') continue
      expect(definition.empty, name).toBe(emptyValue)
      // One name only: the source knows how the attribute is empty, not what it may be.
      expect(definition.values, name).toEqual(values && values.length > 1 ? values : undefined)
    }
  })

  it('never include when a consent was last changed, nor the postal address', () => {
    for (const name of attributes.keys()) {
      expect(name).not.toMatch(/LastModified$|^postalAddress|^PKey$/)
    }
  })

  it('have no organizational unit in v8, nor on the API of stock attributes', () => {
    expect(attributes.has('orgUnit')).toBe(true)
    expect(writableAttributes({}, 'v8').has('orgUnit')).toBe(false)
    expect(writableAttributes({}, 'standard', false).has('orgUnit')).toBe(false)
  })

  it('include the custom ones of the installation', () => {
    expect(writableAttributes({ cusTier: { type: 'text' } }).get('cusTier')).toEqual({ type: 'text' })
    expect(attributes.has('cusTier')).toBe(false)
  })
})

it('knows the consent attributes by name', () => {
  const consent = [...attributes.keys()].filter(isConsent)
  expect(consent).toEqual([
    'blackList',
    'blackListEmail',
    'blackListFax',
    'blackListMobile',
    'blackListPhone',
    'blackListPostalMail',
    'blackListPushnotification',
    'ccpaOptOut',
  ])
})
