import { expect, it } from 'vitest'
import type { SourceMapping } from '../../functions/change/mapping.ts'
import { loadSource } from '../../functions/change/source.ts'
import { mappings } from '../support/mappings.ts'

const hubspot = mappings.sources['hubspot']
const load = (source: Partial<SourceMapping>) =>
  loadSource({ sources: { crm: { kind: 'hubspot', ...hubspot, ...source } }, attributes: {} }, 'crm')

it('loads a source by its name in the mapping', async () => {
  const source = await loadSource(mappings, 'hubspot')
  expect(source).toMatchObject({ name: 'hubspot', mapping: hubspot, normalisePhone: undefined })
})

it('knows no source that the mapping does not name', async () => {
  for (const name of ['salesforce', '', '__proto__', 'constructor', 'toString', '../source', 'HubSpot']) {
    expect(await loadSource(mappings, name), name).toBeUndefined()
  }
})

it('throws where the mapping names a kind without a file, which is no unknown source', async () => {
  await expect(load({ kind: 'nonsense' })).rejects.toThrow()
})

it('throws where the mapping leaves out what the kind needs, tenants above all', async () => {
  for (const needed of ['tenants', 'match', 'fields'] as const) {
    await expect(load({ [needed]: undefined }), needed).rejects.toThrow(needed)
  }
})

it('throws where the match names a field that is in no event', async () => {
  await expect(load({ match: [{ field: 'vid', attribute: 'cusCrmId' }] })).rejects.toThrow(
    /vid is in no event/,
  )
})

it('normalises phones where the source says whose numbers they are', async () => {
  const source = await load({ phoneRegion: 'FR' })
  expect(source?.normalisePhone?.('06 12 34 56 78')).toBe('+33612345678')
  await expect(load({ phoneRegion: 'XX' })).rejects.toThrow(/XX is no ISO 3166/)
})
