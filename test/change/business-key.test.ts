import { describe, expect, it } from 'vitest'
import { writableAttributes } from '../../functions/change/profile.ts'
import { isAddressable, reservedNames } from '../../functions/change/read/business-key.ts'
import documented from '../../infra/local/campaign/profile-attributes.json' with { type: 'json' }
import { mappings } from '../support/mappings.ts'

const reserved = reservedNames(writableAttributes(mappings.attributes), new Map())
const refuses = (...keys: readonly string[]) => {
  for (const key of keys) expect(isAddressable(key, reserved), key).toBe(false)
}

describe('a business key', () => {
  it('is any text that can be one segment of a URL and nothing else', () => {
    for (const key of [
      '1246965',
      '003Wx000009kLmNIAU',
      'a/b',
      'a?b#c%2F',
      'Zoë 🚀',
      '...',
      '.hidden',
      'a@b',
      'a_b',
      'json',
      'x.jsonl',
      ' ',
      'emails',
      'a'.repeat(255),
    ]) {
      expect(isAddressable(key, reserved), key).toBe(true)
    }
  })

  it('is not empty', () => refuses(''))
  it('is no step in a path', () => refuses('.', '..'))
  it('is not read as a PKey', () => refuses('@', '@abc'))
  it('is not read as a page or a counter', () => refuses('_', '_count', '_lineStart'))
  it('is not read as a representation', () => refuses('.json', '42.json', '42.JSON'))

  it('is not the name of an attribute', () => {
    refuses(...documented.map(({ name }) => name).filter((name) => !name.includes('<')))
    refuses('EMAIL', ...Object.keys(mappings.attributes))
    const inV8 = reservedNames(writableAttributes(mappings.attributes, 'v8'), new Map())
    for (const name of ['location', 'orgUnit']) expect(isAddressable(name, inV8), name).toBe(false)
  })

  it('is not the name of a filter', () => {
    refuses('byEmail', 'byText', 'birthday', 'subscribers')
    const filters = new Map([['cusLoyaltyId', { name: 'byLoyaltyId', parameter: 'loyaltyId_parameter' }]])
    const names = reservedNames(writableAttributes(mappings.attributes), filters)
    expect(isAddressable('byLoyaltyId', names)).toBe(false)
    expect(isAddressable('loyaltyId_parameter', names)).toBe(true)
  })
  it('is not metadata', () => refuses('metadata', 'Metadata'))

  it('has no control characters and no half characters', () => {
    refuses('a\u0000', 'a\n', '\u007F', '\uD800', 'a\uDC00b')
  })

  it('is not longer than any URL can carry', () => refuses('a'.repeat(256)))
})
