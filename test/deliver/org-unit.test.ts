// Organizational units by name: read once, resolved to what Campaign takes, and nobody else waits for them.
import { describe, expect, it } from 'vitest'
import { aPerson } from '../support/person.ts'
import { aChange } from '../support/records.ts'
import { nice, path, rome, withUnits } from '../support/units.ts'

describe('a unit that a sender sets', () => {
  const { delivery, ada, unit, units, reads, set, apply, pass } = withUnits()

  it('is found by its name, else by its label, and by nothing that only looks like it', async () => {
    units([rome, nice, { name: 'Rome', label: 'Another' }])
    for (const [orgUnit, title] of [
      ['nice', 'Nice (nice)'],
      ['All', 'All (all)'],
      ['rome', 'Rome (rome)'],
      ['Rome', 'Another (Rome)'],
    ] as const) {
      expect(await apply(set({ orgUnit }))).toMatchObject([{ outcome: 'applied' }])
      expect(unit()).toBe(title)
    }
    expect(await apply(set({ orgUnit: 'NICE' }))).toMatchObject([{ code: 'org-unit-unknown' }])
  })

  it('is read for once, with the first change that sets one, and booked on it', async () => {
    expect(await apply(set({ phone: '1' }))).toMatchObject([{ engineCalls: 1 }])
    expect(reads()).toBe(0)
    expect(await apply(set({ orgUnit: 'rome' }))).toMatchObject([{ engineCalls: 2 }])
    pass(3600)
    expect(await apply(set({ orgUnit: 'nice' }))).toMatchObject([{ engineCalls: 1 }])
    expect(reads()).toBe(1)
  })

  it('is read for once by many profiles at the same time', async () => {
    const people = Array.from({ length: 5 }, () => aPerson(delivery()))
    await apply(...people.map((person) => set({ orgUnit: 'rome' }, person)))
    expect(people.map((person) => unit(person))).toEqual(people.map(() => 'Rome (rome)'))
    expect(reads()).toBe(1)
  })

  it('is looked for on every page', async () => {
    const many = Array.from({ length: 60 }, (_, n) => ({ name: `unit${n}`, label: `Unit ${n}` }))
    units(many)
    delivery().campaign.settings({ bigTableThreshold: 1 })
    expect(await apply(set({ orgUnit: 'unit59' }))).toMatchObject([{ outcome: 'applied', engineCalls: 4 }])
    expect(unit()).toBe('Unit 59 (unit59)')
  })

  it.each([
    ['that nobody knows', 'oslo', [rome]],
    ['whose name two units have', 'rome', [rome, { ...rome, label: 'Other' }]],
    ['whose label two units have', 'Rome', [rome, { ...rome, name: 'roma' }]],
  ])('%s is parked, and hurts nothing that came with it', async (_name, orgUnit, known) => {
    units(known)
    const parked = { outcome: 'parked', code: 'org-unit-unknown' }
    const outcomes = await apply(set({ orgUnit }), set({ phone: '1' }))
    expect(outcomes).toMatchObject([parked, { outcome: 'applied' }])
    expect(ada().profile()).toMatchObject({ orgUnit: null, phone: '1' })
    expect(reads()).toBe(1)
  })

  it('is read again where it is unknown, at most every thirty seconds', async () => {
    const oslo = { name: 'oslo', label: 'Oslo' }
    const parked = [{ outcome: 'parked', code: 'org-unit-unknown' }]
    expect(await apply(set({ orgUnit: 'rome' }))).toMatchObject([{ outcome: 'applied' }])
    units([rome, oslo])
    pass(10)
    expect(await apply(set({ orgUnit: 'oslo' }))).toMatchObject(parked)
    pass(25)
    expect(await apply(set({ orgUnit: 'oslo' }))).toMatchObject([{ outcome: 'applied' }])
    expect(await apply(set({ orgUnit: 'bern' }))).toMatchObject(parked)
    expect(reads()).toBe(2)
  })

  it('waits for units that cannot be read, and nothing else does', async () => {
    delivery().campaign.addFaults([{ match: { path }, times: 2, answer: { status: 503 } }])
    const waiting = { outcome: 'deferred', code: 'unavailable' }
    const eve = aPerson(delivery())
    const sent = [set({ orgUnit: 'rome' }), set({ phone: '1' }), set({ phone: '2' }, eve)]
    expect(await apply(...sent)).toMatchObject([waiting, { outcome: 'applied' }, { outcome: 'applied' }])
    pass(10)
    expect(await apply(...sent.slice(0, 1))).toMatchObject([waiting])
    expect(reads()).toBe(1)
    for (const outcome of [waiting, { outcome: 'applied' }]) {
      pass(31)
      expect(await apply(...sent.slice(0, 1))).toMatchObject([outcome])
    }
    expect(unit()).toBe('Rome (rome)')
    expect((await delivery().standIns.queueCounts()).parked).not.toHaveProperty('unavailable')
  })

  it('is not parked for what an old list says while a new one cannot be read', async () => {
    await apply(set({ orgUnit: 'rome' }))
    pass(60)
    delivery().campaign.addFaults([{ match: { path }, answer: { reset: true } }])
    expect(await apply(set({ orgUnit: 'oslo' }))).toMatchObject([
      { outcome: 'deferred', code: 'unreachable' },
    ])
  })

  it('that was made anew is written after its old PKey was refused', async () => {
    await apply(set({ orgUnit: 'rome' }))
    units([])
    units([rome])
    pass(60)
    const change = set({ orgUnit: 'rome' })
    expect(await apply(change)).toMatchObject([{ outcome: 'deferred', code: 'refused-unexplained' }])
    expect(await apply(change)).toMatchObject([{ outcome: 'applied' }])
    units([])
    pass(60)
    expect(await apply(set({ orgUnit: 'rome' }))).toMatchObject([{ outcome: 'deferred' }])
    expect(await apply(set({ orgUnit: 'rome' }))).toMatchObject([{ code: 'org-unit-unknown' }])
  })

  it('that a new profile cannot have is parked, and the profile made without it', async () => {
    const match = [{ attribute: 'cusCrmId', value: 'new-oslo' }] as const
    const upsert = (values: Record<string, string>) =>
      ({ ...aChange({ match, set: values }), action: 'upsert' }) as const
    expect(await apply(upsert({ orgUnit: 'oslo' }), upsert({ phone: '1' }))).toMatchObject([
      { outcome: 'parked', code: 'org-unit-unknown' },
      { outcome: 'created' },
    ])
  })
})
