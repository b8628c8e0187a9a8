// What people get wrong in mappings.ts, and the sentence that tells them at start.
import { expect, it } from 'vitest'
import { faultsOf } from '../../functions/change/mapping-faults.ts'
import { sourceFaultsOf } from '../../functions/change/source.ts'
import { mappings } from '../support/mappings.ts'

const hubspot = {
  kind: 'hubspot',
  tenants: 'any',
  match: [{ field: 'objectId', attribute: 'cusCrmId' }],
  fields: {},
} as const
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
  [crm({ merges: 'apply' }), "sources.crm.merges: must be 'park' or 'ignore'"],
  [crm({ merges: false }), "sources.crm.merges: must be 'park' or 'ignore'"],
  [crm({ kind: undefined }), 'sources.crm.kind: must be text'],
  [crm({ phoneRegion: 'fr' }), 'sources.crm.phoneRegion: must be an ISO 3166 country code, such as FR or US'],
  [
    crm({ fields: { a: 1 } }),
    'sources.crm.fields.a: must be the name of an attribute, or { attribute, normalise: [functions] }',
  ],
  [
    { attributes: { ...mappings.attributes, cusX: { type: 'numbr' } } },
    'attributes.cusX.type: must be { type } with one of text, email, date, datetime, number, boolean or enumeration',
  ],
])('says what is wrong and what is allowed (%#)', (given, sentence) => {
  expect(faults(given)).toEqual([sentence])
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
    'sources.unheard.kind: sources/hubpsot.ts cannot be loaded',
    'sources.bare in mappings.ts needs tenants, match, fields',
    'sources.field.match: email is in no event, objectId is',
    'phoneRegion XX is no ISO 3166 country code, such as FR or US',
  ])
})

it('finds nothing wrong with what is right', async () => {
  expect(faults({})).toEqual([])
  for (const merges of ['park', 'ignore']) expect(faults(crm({ merges }))).toEqual([])
  expect(await sourceFaultsOf(mappings)).toEqual([])
})
