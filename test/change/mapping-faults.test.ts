// What people get wrong in mappings.ts, and the sentence that tells them at start.
import { expect, it } from 'vitest'
import { faultsOf, ignoredFields } from '../../functions/change/mapping-faults.ts'
import { type Dialect, writableAttributes } from '../../functions/change/profile.ts'
import { sourceFaultsOf } from '../../functions/change/source.ts'
import { mappings } from '../support/mappings.ts'

const hubspot = {
  kind: 'hubspot',
  tenants: 'any',
  match: [{ field: 'objectId', attribute: 'cusCrmId' }],
  fields: {},
} as const
const filter = { name: 'byLoyaltyId', parameter: 'loyaltyId_parameter' }
// As a user's editor lets it through: JavaScript knows no types at start.
const faults = (given: object) => faultsOf({ ...mappings, ...given }, 'cusCrmId')
const crm = (more: object) => ({ sources: { crm: { ...hubspot, ...more } } })

it.each([
  [crm({ feilds: {} }), 'sources.crm.feilds: is not known here'],
  [crm({ tenant: 'any' }), 'sources.crm.tenant: is not known here'],
  [
    crm({ tenants: [62515] }),
    "sources.crm.tenants: must be 'any' or a list of account ids as text, such as ['62515']",
  ],
  [
    crm({ tenants: '62515' }),
    "sources.crm.tenants: must be 'any' or a list of account ids as text, such as ['62515']",
  ],
  [
    crm({ tenants: [] }),
    "sources.crm.tenants: must be 'any' or a list of account ids as text, such as ['62515']",
  ],
  [
    crm({ bus: 'com.example.crm' }),
    "sources.crm.bus: must be a list of EventBridge sources such as ['com.example.crm'], or [] where messages are put straight into the inbox",
  ],
  ...[[''], ['aws.s3'], ['x'.repeat(257)], [7]].map((bus): [object, string] => [
    crm({ bus }),
    'sources.crm.bus.0: must be an EventBridge source of 1 to 256 characters such as com.example.crm; only those of partners begin with aws.',
  ]),
  [
    { sources: { a: { ...hubspot, bus: ['com.example.crm'] }, b: { ...hubspot, bus: ['com.example.crm'] } } },
    'sources.b.bus: com.example.crm belongs to sources.a already',
  ],
  [{ inbox: 'direct' }, 'inbox: direct is no source with bus, there is none yet'],
  [{ ...crm({ bus: [] }), inbox: 'constructor' }, 'inbox: constructor is no source with bus, there is crm'],
  [crm({ merges: 'apply' }), "sources.crm.merges: must be 'park' or 'ignore'"],
  [crm({ merges: false }), "sources.crm.merges: must be 'park' or 'ignore'"],
  [crm({ kind: undefined }), 'sources.crm.kind: must be text'],
  [crm({ phoneRegion: 'fr' }), 'sources.crm.phoneRegion: must be an ISO 3166 country code, such as FR or US'],
  [
    crm({ fields: { a: 1 } }),
    "sources.crm.fields.a: must be the name of an attribute, or { attribute, normalise: [functions], optIn: 'explicit' }",
  ],
  [
    crm({ fields: { a: { attribute: 'phone', optIn: 'explicit' } } }),
    'sources.crm.fields.a: phone is no consent, optIn belongs to consent',
  ],
  [
    crm({ fields: { a: { attribute: 'blackList', optIn: true } } }),
    "sources.crm.fields.a: must be the name of an attribute, or { attribute, normalise: [functions], optIn: 'explicit' }",
  ],
  [
    { attributes: { ...mappings.attributes, cusX: { type: 'numbr' } } },
    'attributes.cusX.type: must be { type } with one of text, email, date, datetime, number, boolean, enumeration or link',
  ],
  [
    { attributes: { ...mappings.attributes, cusX: { type: 'unit' } } },
    'attributes.cusX.type: must be { type } with one of text, email, date, datetime, number, boolean, enumeration or link',
  ],
  [
    { attributes: { ...mappings.attributes, cusX: { type: 'link', target: 'cusStore' } } },
    'attributes.cusX.target: is not known here',
  ],
  [{ orgUnit: '' }, 'orgUnit: must not be empty'],
  [{ orgUnit: { PKey: '@a' } }, 'orgUnit: must be text'],
  [
    { filters: { cusLoyaltyId: 'byLoyaltyId' } },
    "filters.cusLoyaltyId: must be { name, parameter }, such as { name: 'byLoyaltyId', parameter: 'loyaltyId_parameter' }",
  ],
  [{ filters: { cusLoyaltyId: { ...filter, nmae: 'x' } } }, 'filters.cusLoyaltyId.nmae: is not known here'],
  [{ filters: { cusLoyaltyId: { name: 'byLoyaltyId' } } }, 'filters.cusLoyaltyId.parameter: must be text'],
])('says what is wrong and what is allowed (%#)', (given, sentence) => {
  expect(faults(given)).toEqual([sentence])
})

it.each(['email', 'PKey', 'cusCrmId'])('refuses a filter for %s, which needs none', (attribute) => {
  expect(faults({ filters: { [attribute]: filter } })).toEqual([
    `filters.${attribute}: needs no filter: PKey, email and the business key are matched by without one`,
  ])
})

it.each([
  'cusLink',
  'orgUnit',
  'cusScore',
  'cusVip',
  'cusUnheard',
  'gender',
  'birthDate',
  'age',
  'cryptedId',
  'constructor',
])('refuses a filter for %s, which is no text that can be written', (attribute) => {
  const attributes = { ...mappings.attributes, cusLink: { type: 'link' } }
  expect(faults({ attributes, filters: { [attribute]: filter } })).toEqual([
    `filters.${attribute}: must be a text attribute: one declared under attributes, or a stock one that can be written, such as externalId`,
  ])
})

it.each([
  [{ phone: 'crm' }, 'owners.phone: must be newest or fill'],
  [{ phone: true }, 'owners.phone: must be newest or fill'],
  ['fill', "owners: must be { attribute: owner }, such as { phone: 'fill' }"],
  [
    { blackListEmail: 'fill' },
    'owners.blackListEmail: consent has no owner: the latest word counts, and a tie opts out',
  ],
  [
    { ccpaOptOut: 'newest' },
    'owners.ccpaOptOut: consent has no owner: the latest word counts, and a tie opts out',
  ],
  [{ cusCrmId: 'fill' }, 'owners.cusCrmId: cusCrmId is the business key: name it under match'],
  [{ age: 'fill' }, 'owners.age: age cannot be written in Campaign'],
  [{ cusUnheard: 'fill' }, 'owners.cusUnheard: cusUnheard is not declared under attributes'],
  [{ location: 'fill' }, 'owners.location: location is no attribute of a profile'],
  [{ constructor: 'fill' }, 'owners.constructor: constructor is no attribute of a profile'],
])('refuses owners as in %j', (owners, sentence) => {
  expect(faults({ owners })).toEqual([sentence])
})

it('takes an owner for everything that can be written, in the words that there are', () => {
  const owners = {
    phone: 'fill',
    email: 'newest',
    'location.city': 'fill',
    cusScore: 'fill',
    gender: 'newest',
  }
  expect(faults({ owners })).toEqual([])
})

it('refuses what cannot be the name of a custom filter', () => {
  const named = (name: string) => faults({ filters: { cusLoyaltyId: { ...filter, name } } })
  for (const name of [
    '',
    'loyaltyId',
    'byloyaltyId',
    'by',
    'ByLoyaltyId',
    'byLoyalty-Id',
    `by${'L'.repeat(63)}`,
  ]) {
    expect(named(name), name).toEqual([
      'filters.cusLoyaltyId.name: must be as Campaign Standard has it, such as byLoyaltyId: by, a capital letter, at most 64 letters, digits and _',
    ])
  }
  for (const name of ['byEmail', 'byKeysProfile', 'byText', 'byBirthday', 'bySubscribers', 'byProfile']) {
    expect(named(name), name).toEqual([
      `filters.cusLoyaltyId.name: ${name} is a filter of Campaign itself: name your own`,
    ])
  }
  for (const name of ['byL', 'byLoyalty_Id2', `by${'L'.repeat(62)}`]) expect(named(name), name).toEqual([])
})

it('refuses what cannot be a parameter of a filter, in any dialect', () => {
  const given = (parameter: string) => faults({ filters: { cusLoyaltyId: { ...filter, parameter } } })
  for (const parameter of ['', 'a b', 'a=b', 'a&b', 'ä', 'a-b', 'a'.repeat(65)]) {
    expect(given(parameter), parameter).toEqual([
      'filters.cusLoyaltyId.parameter: must be 1 to 64 letters, digits and _, such as loyaltyId_parameter',
    ])
  }
  for (const parameter of ['email', 'loyaltyId_parameter', 'a'.repeat(64)])
    expect(given(parameter), parameter).toEqual([])
})

it('refuses one filter for two attributes: it compares one of them', () => {
  expect(faults({ filters: { cusLoyaltyId: filter, externalId: filter } })).toEqual([
    'filters.externalId.name: byLoyaltyId is the filter of cusLoyaltyId already',
  ])
})

it('names every fault of filters beside those of sources', () => {
  const filters = { cusScore: { name: 'score', parameter: '' }, email: { name: 'byText', parameter: '?' } }
  const found = faults({ ...crm({ kind: '../x' }), filters }).map((fault) => fault.split(':')[0])
  expect(found).toEqual([
    ...['filters.cusScore', 'filters.cusScore.name', 'filters.cusScore.parameter'],
    ...['filters.email', 'filters.email.name', 'filters.email.parameter'],
    'sources.crm.kind',
  ])
})

it('says everything at once', () => {
  expect(faults(crm({ feilds: {}, tenants: 1 }))).toHaveLength(2)
})

it('says before anything is sent what only loading a source shows', async () => {
  const sources = {
    unheard: { kind: 'hubpsot' },
    bare: { kind: 'hubspot' },
    field: { ...hubspot, match: [{ field: 'email', attribute: 'email' }] },
    region: { ...hubspot, phoneRegion: 'XX' },
  }
  expect(await sourceFaultsOf({ ...mappings, sources })).toEqual([
    'sources.unheard.kind: sources/hubpsot.ts cannot be loaded: a kind is a file there, such as direct or hubspot',
    'sources.bare in mappings.ts needs tenants, match, fields',
    'sources.field.match: email is in no event, objectId is',
    'phoneRegion XX is no ISO 3166 country code, such as FR or US',
  ])
})

it('refuses a link as the business key', () => {
  const attributes = { ...mappings.attributes, cusCrmId: { type: 'link' } }
  expect(faults({ attributes })).toEqual([
    'attributes.cusCrmId: the business key must be declared here, as text',
  ])
})

it('finds nothing wrong with links and organizational units', () => {
  const attributes = { ...mappings.attributes, cusStore: { type: 'link' } }
  const fields = { store: 'cusStore', unit: 'orgUnit' }
  const owners = { cusStore: 'fill', orgUnit: 'fill' }
  expect(faults({ ...crm({ fields }), attributes, owners, orgUnit: 'All' })).toEqual([])
})

it('names what v8 ignores of organizational units', () => {
  const fields = { unit: 'orgUnit', name: 'firstName' }
  const given = { ...mappings, sources: { crm: { ...hubspot, fields } }, orgUnit: 'All' }
  const ignored = (dialect: Dialect) => ignoredFields(given, writableAttributes(mappings.attributes, dialect))
  expect(ignored('standard')).toEqual([])
  expect(ignored('v8')).toEqual(['crm.unit', 'orgUnit'])
})

it('finds nothing wrong with what is right', async () => {
  expect(faults({})).toEqual([])
  for (const merges of ['park', 'ignore']) expect(faults(crm({ merges }))).toEqual([])
  const partner = 'aws.partner/example.com/00D/0YL'
  const bus = { a: { kind: 'direct', bus: ['com.example.crm', partner] }, b: { kind: 'direct', bus: [] } }
  expect(faults({ sources: bus, inbox: 'b' })).toEqual([])
  expect(await sourceFaultsOf(mappings)).toEqual([])
})

it('finds cusCrmId of a HubSpot source by a custom filter where there is no business key', () => {
  const filters = { cusCrmId: { name: 'byCrmId', parameter: 'crmId_parameter' } }
  const found = (given: object) => faultsOf({ ...mappings, ...given }, undefined)
  expect(found({})).toEqual([
    'sources.hubspot.match: cusCrmId cannot be matched by: PKey, email can, and a text attribute with a custom filter under filters',
  ])
  expect(found({ filters })).toEqual([])
})
