import { describe, expect, it } from 'vitest'
import {
  fieldOf,
  filtersOf,
  isMatchAttribute,
  type Mappings,
  type SourceMapping,
  withSources,
} from '../../functions/change/mapping.ts'
import { faultsOf } from '../../functions/change/mapping-faults.ts'
import { mappings as shipped } from '../../functions/change/mappings.ts'
import { mappings } from '../support/mappings.ts'

const faultsWith = (
  source: Partial<SourceMapping>,
  attributes: Mappings['attributes'] = mappings.attributes,
) => faultsOf({ sources: { crm: { kind: 'hubspot', ...source } }, attributes }, 'cusCrmId')

describe('the mapping that ships', () => {
  it('has no fault', () => expect(faultsOf(shipped, 'cusCrmId')).toEqual([]))

  // A user edits it, and stays green; where the project itself is checked it must be what the documents say.
  it.runIf(process.env['PROJECT_CI'] === 'true')(
    'is the mapping that the tests and the README describe',
    () => {
      expect(shipped).toEqual(mappings)
    },
  )
})

describe('the mapping that is documented', () => {
  it('maps the fields that the README promises', () => {
    const { match, fields } = mappings.sources['hubspot'] ?? {}
    expect(match).toEqual([{ field: 'objectId', attribute: 'cusCrmId' }])
    expect(fields).toEqual({
      email: 'email',
      firstname: 'firstName',
      lastname: 'lastName',
      phone: 'phone',
      mobilephone: 'mobilePhone',
      date_of_birth: 'birthDate',
      salutation: 'salutation',
      city: 'location.city',
      zip: 'location.zipCode',
      hs_email_optout: 'blackListEmail',
    })
  })

  it('leaves phones as they are: no source has a region', () => {
    for (const source of Object.values(mappings.sources)) expect(source).not.toHaveProperty('phoneRegion')
  })
})

describe('a mapping is refused at start', () => {
  it('where a custom attribute is not named like one', () => {
    for (const name of ['tier', 'cus', 'Custier', 'cus-tier', `cus${'x'.repeat(31)}`, 'email']) {
      expect(faultsWith({}, { ...mappings.attributes, [name]: { type: 'text' } }), name).toEqual([
        expect.stringContaining(`attributes.${name}: `),
      ])
    }
  })

  it('where the business key is not declared, or not as text', () => {
    expect(faultsWith({}, {})).toEqual([expect.stringContaining('attributes.cusCrmId: ')])
    for (const type of ['number', 'boolean', 'date', 'email'] as const) {
      expect(faultsWith({}, { cusCrmId: { type } }), type).toEqual([
        expect.stringMatching(/^attributes\.cusCrmId: .* text$/),
      ])
    }
  })

  it('where a kind cannot be the name of a file', () => {
    for (const kind of ['', '../hubspot', 'HubSpot', 'hub/spot', 'hubspot.ts', '1', ' hubspot']) {
      expect(faultsWith({ kind }), kind).toEqual([expect.stringContaining('sources.crm.kind: ')])
    }
  })

  it('where the match has no entry or more than four', () => {
    const entry = { field: 'objectId', attribute: 'cusCrmId' }
    for (const count of [0, 5]) {
      expect(faultsWith({ match: Array(count).fill(entry) })).toEqual([
        'sources.crm.match: has one to four entries',
      ])
    }
    for (const count of [1, 4]) expect(faultsWith({ match: Array(count).fill(entry) })).toEqual([])
  })

  it('where profiles cannot be matched by an attribute', () => {
    for (const attribute of ['firstName', 'cusLoyaltyId', 'nonsense']) {
      expect(faultsWith({ match: [{ field: 'objectId', attribute }] })).toEqual([
        `sources.crm.match: ${attribute} cannot be matched by: PKey, email, cusCrmId can, and a text attribute with a custom filter under filters`,
      ])
    }
  })

  it('unless a custom filter finds profiles by it', () => {
    const filters = { cusLoyaltyId: { name: 'byLoyaltyId', parameter: 'loyaltyId_parameter' } }
    const crm = { kind: 'hubspot', match: [{ field: 'objectId', attribute: 'cusLoyaltyId' }] }
    expect(faultsOf({ ...mappings, sources: { crm }, filters }, 'cusCrmId')).toEqual([])
    const other = { kind: 'hubspot', match: [{ field: 'objectId', attribute: 'cusTier' }] }
    expect(faultsOf({ ...mappings, sources: { crm: other }, filters }, 'cusCrmId')).toEqual([
      'sources.crm.match: cusTier cannot be matched by: PKey, email, cusCrmId, cusLoyaltyId can, and a text attribute with a custom filter under filters',
    ])
  })

  it('where a field goes to what cannot be written', () => {
    const faults = {
      cusCrmId: 'is the business key',
      blackListLastModified: 'cannot be written',
      'postalAddress.line1': 'cannot be written',
      PKey: 'cannot be written',
      cusUnheard: 'is not declared',
      blackListNothing: 'is no attribute',
      location: 'is no attribute',
      Email: 'is no attribute',
      constructor: 'is no attribute',
    }
    for (const [attribute, fault] of Object.entries(faults)) {
      expect(faultsWith({ fields: { field: attribute } }), attribute).toEqual([
        expect.stringContaining(`sources.crm.fields.field: ${attribute} ${fault}`),
      ])
      expect(faultsWith({ fields: { field: { attribute } } }), attribute).toHaveLength(1)
    }
  })

  it('where a region of phones cannot be one', () => {
    for (const phoneRegion of ['', 'fr', 'FRA', 'France', '33']) {
      expect(faultsWith({ phoneRegion }), phoneRegion).toEqual([
        expect.stringContaining('sources.crm.phoneRegion: '),
      ])
    }
    expect(faultsWith({ phoneRegion: 'FR' })).toEqual([])
  })

  it('with every fault named at once', () => {
    const faulty: Mappings = {
      sources: {
        one: { kind: '../x', match: [], fields: { a: 'age' } },
        two: { kind: 'hubspot', match: [{ field: 'objectId', attribute: 'phone' }] },
      },
      attributes: { tier: { type: 'text' } },
    }
    const faults = faultsOf(faulty, 'cusCrmId').map((fault) => fault.split(':')[0])
    expect(faults).toEqual([
      'attributes.tier',
      'attributes.cusCrmId',
      'sources.one.kind',
      'sources.one.match',
      'sources.one.fields.a',
      'sources.two.match',
    ])
  })
})

it('maps a field by its own name only', () => {
  const source: SourceMapping = { kind: 'hubspot', fields: { city: 'location.city' } }
  expect(fieldOf(source, 'city')).toEqual({ attribute: 'location.city', normalise: [] })
  for (const field of ['City', 'constructor', '__proto__', 'toString', '']) {
    expect(fieldOf(source, field), field).toBeUndefined()
  }
})

const filtered: Mappings = {
  ...mappings,
  filters: {
    cusLoyaltyId: { name: 'byLoyaltyId', parameter: 'loyaltyId_parameter' },
    externalId: { name: 'byID', parameter: 'Id' },
  },
}

it('matches by PKey, email, the business key and what has a custom filter, if there are any', () => {
  const matchBy = { businessKey: 'cusCrmId', filters: filtersOf(filtered, 'standard') }
  for (const attribute of ['PKey', 'email', 'cusCrmId', 'cusLoyaltyId', 'externalId'])
    expect(isMatchAttribute(attribute, matchBy), attribute).toBe(true)
  for (const attribute of ['phone', 'cusTier', '__proto__', 'constructor'])
    expect(isMatchAttribute(attribute, matchBy), attribute).toBe(false)
  const none = { businessKey: undefined, filters: filtersOf(mappings, 'standard') }
  for (const attribute of ['cusCrmId', 'cusLoyaltyId'])
    expect(isMatchAttribute(attribute, none), attribute).toBe(false)
})

it('calls a custom filter as the dialect does, its parameter alike', () => {
  const called = (dialect: 'standard' | 'v8') => Object.fromEntries(filtersOf(filtered, dialect))
  expect(called('standard')).toEqual(filtered.filters)
  expect(called('v8')).toEqual({
    cusLoyaltyId: { name: 'loyaltyId', parameter: 'loyaltyId_parameter' },
    externalId: { name: 'iD', parameter: 'Id' },
  })
})

describe('a stage that takes some sources only', () => {
  const all: Mappings = {
    ...mappings,
    inbox: 'shop',
    sources: { ...mappings.sources, shop: { kind: 'direct', bus: ['com.example.shop'] } },
  }
  it('knows no other', () => {
    expect(Object.keys(withSources(all, ['direct', 'shop']).sources)).toEqual(['direct', 'shop'])
    expect(withSources(all, ['direct', 'shop']).inbox).toBe('shop')
  })
  it('has no source for the inbox where that is not taken', () => {
    expect(withSources(all, ['hubspot'])).not.toHaveProperty('inbox')
    expect(faultsOf(withSources(all, ['hubspot']), 'cusCrmId')).toEqual([])
  })
  it('takes all where no list is given', () => {
    expect(withSources(all, undefined)).toBe(all)
  })
})
