import { expect, it } from 'vitest'
import { toLocalMappings } from '../../infra/local/local-mappings.ts'
import { busMappings } from '../support/inbox-messages.ts'
import { mappings } from '../support/mappings.ts'

it('takes the events of every tenant on one machine', () => {
  const hubspot = { ...mappings.sources['hubspot'], kind: 'hubspot', tenants: ['62515'] }
  expect(toLocalMappings({ ...mappings, sources: { hubspot } }).sources['hubspot']?.tenants).toBe('any')
})

it('has a source of the bus to try where mappings.ts has none', () => {
  expect(toLocalMappings(mappings)).toMatchObject({
    inbox: 'crm',
    sources: { ...mappings.sources, crm: { kind: 'direct', bus: ['com.example.crm'] } },
  })
})

it('leaves the bus to who has said something about it, and a name to who has taken it', () => {
  expect(toLocalMappings(busMappings)).toEqual(busMappings)
  const taken = { ...mappings, sources: { ...mappings.sources, crm: { kind: 'direct' } } }
  expect(toLocalMappings(taken)).toEqual(taken)
})
