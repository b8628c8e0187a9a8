// Organizational units that mappings.ts speaks of: read ahead, given to created profiles, compared with what is held.
import { describe, expect, it } from 'vitest'
import { mappings } from '../support/mappings.ts'
import { aPerson } from '../support/person.ts'
import { aChange } from '../support/records.ts'
import { nice, path, rome, withUnits } from '../support/units.ts'

let made = 0
const upsert = (values: Record<string, string> = { fax: '1' }) => {
  made += 1
  const match = [{ attribute: 'cusCrmId', value: `new-${made}` }] as const
  return { ...aChange({ match, set: values }), action: 'upsert' } as const
}

describe('the unit of created profiles', () => {
  const { delivery, unit, units, reads, set, apply, pass } = withUnits({ orgUnit: 'Rome' })
  const unitOf = (change: ReturnType<typeof upsert>) => {
    const key = change.match[0].value
    return Object(
      delivery()
        .campaign.profiles()
        .find(({ cusCrmId }) => cusCrmId === key)?.['orgUnit'],
    ).title
  }
  const told = () => delivery().log.lines.filter(({ message }) => message === 'campaign.configuration')

  it('is that of mappings.ts where the change names none, and the one it names otherwise', async () => {
    const [first, second] = [upsert(), upsert({ orgUnit: 'nice', phone: '1' })]
    expect(await apply(first, second)).toMatchObject([{ outcome: 'created' }, { outcome: 'created' }])
    expect([unitOf(first), unitOf(second)]).toEqual(['Rome (rome)', 'Nice (nice)'])
    expect(told()).toEqual([])
  })

  it('is given to created profiles only', async () => {
    expect(await apply(set({ phone: '1' }))).toMatchObject([{ outcome: 'applied' }])
    expect(unit()).toBeUndefined()
  })

  it('is read with the first invocation, once, and booked on no change', async () => {
    const outcomes = [...(await apply(set({ phone: '1' }))), ...(await apply(set({ orgUnit: 'nice' })))]
    expect(outcomes).toMatchObject([{ engineCalls: 1 }, { engineCalls: 1 }])
    expect(reads()).toBe(1)
  })

  it('is not read any more when the first invocation has answered', async () => {
    delivery().campaign.addFaults([{ match: { path }, answer: { applyAfterMs: 300 } }])
    await apply(set({ phone: '1' }))
    const read = delivery()
      .campaign.requests()
      .findLast((request) => request.path.startsWith(path))
    expect(read?.status).toBe(200)
  })

  it('is told of once where there is none, and only creations wait, until there is one', async () => {
    units([nice])
    const waiting = { outcome: 'deferred', code: 'default-org-unit-unknown' }
    const [first, second] = [upsert(), upsert({ orgUnit: 'nice' })]
    expect(await apply(first, second, set({ phone: '1' }))).toMatchObject([
      waiting,
      { outcome: 'created' },
      { outcome: 'applied' },
    ])
    units([nice, rome])
    pass(10)
    expect(await apply(first)).toMatchObject([waiting])
    expect(told()).toMatchObject([
      { level: 'error', code: 'default-org-unit-unknown', detail: expect.stringContaining('mappings.ts') },
    ])
    pass(31)
    expect(await apply(first)).toMatchObject([{ outcome: 'created' }])
    expect(unitOf(first)).toBe('Rome (rome)')
  })

  it('is waited for by creations, and by nothing else, while the units cannot be read', async () => {
    delivery().campaign.addFaults([{ match: { path }, answer: { status: 429 } }])
    const waiting = { outcome: 'deferred', code: 'throttled' }
    const sent = [upsert({ phone: '1' }), upsert({ orgUnit: 'nice' }), set({ phone: '1' })]
    expect(await apply(...sent)).toMatchObject([waiting, waiting, { outcome: 'applied' }])
    expect(told()).toEqual([])
  })

  it('is told of where the units’ address is unknown', async () => {
    delivery().campaign.addFaults([{ match: { path }, answer: { status: 404 } }])
    expect(await apply(upsert())).toMatchObject([{ outcome: 'deferred', code: 'endpoint-unknown' }])
    expect(told()).toMatchObject([{ code: 'endpoint-unknown' }])
  })
})

describe('a unit that a field is mapped to', () => {
  const crm = { kind: 'hubspot', tenants: 'any', fields: { unit: 'orgUnit' } } as const
  const sources = { ...mappings.sources, crm }
  const { delivery, ada, unit, reads, set, apply, pass } = withUnits({ sources }, { VERIFY: 'always' })

  it('is read with the first invocation, whatever that brings', async () => {
    await apply(set({ phone: '1' }))
    expect(reads()).toBe(1)
  })

  it.each([false, true])('is found held, be PKeys unstable or not (%s)', async (unstablePKeys) => {
    delivery().campaign.settings({ unstablePKeys })
    const before = ada().calls('PATCH')
    const verified = { outcome: 'applied', verified: true }
    expect(await delivery().deliverNow([set({ orgUnit: 'rome' })])).toMatchObject([verified])
    pass(1)
    expect(await delivery().deliverNow([set({ orgUnit: 'Rome' })])).toMatchObject([{ outcome: 'unchanged' }])
    expect(await delivery().deliverNow([set({ orgUnit: 'nice' })])).toMatchObject([verified])
    expect(unit()).toBe('Nice (nice)')
    expect(ada().calls('PATCH') - before).toBe(2)
  })
})

describe('a unit that is only filled', () => {
  const { unit, set, apply, pass } = withUnits({ owners: { orgUnit: 'fill' } })

  it('is written where there is none, and left where there is another', async () => {
    expect(await apply(set({ orgUnit: 'rome' }))).toMatchObject([{ outcome: 'applied' }])
    pass(1)
    expect(await apply(set({ orgUnit: 'nice' }))).toMatchObject([{ outcome: 'superseded' }])
    expect(unit()).toBe('Rome (rome)')
  })
})

describe('in v8, which has no units', () => {
  const { delivery, set, apply, reads } = withUnits({ orgUnit: 'Rome' }, { CAMPAIGN_DIALECT: 'v8' })

  it('none is given to created profiles, nor asked for', async () => {
    delivery().campaign.settings({ dialect: 'v8' })
    expect(await apply(upsert({ phone: '1' }))).toMatchObject([{ outcome: 'created' }])
    expect(reads()).toBe(0)
  })

  it('one that was queued before is parked without a call, and hurts nothing that came with it', async () => {
    delivery().campaign.settings({ dialect: 'v8' })
    expect(await apply(set({ orgUnit: 'rome' }), set({ phone: '1' }))).toMatchObject([
      { outcome: 'parked', code: 'attribute-unknown' },
      { outcome: 'applied' },
    ])
    expect(aPerson(delivery()).calls()).toBe(0)
  })
})
