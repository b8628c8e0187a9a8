import { expect, it } from 'vitest'
import { sort } from '../../functions/accept/sort.ts'
import type { Change } from '../../functions/change/change.ts'
import type { Decoded } from '../../functions/change/source.ts'
import { aChange } from '../support/records.ts'

const change = (id: string, text = 'x'): Decoded & { readonly change: Change } => ({
  kind: 'change',
  change: aChange({ id, match: [{ attribute: 'email', value: 'a@b' }], set: { phone: text } }),
})
const problem = { code: 'invalid', detail: 'must be text', pointer: '/3/id' } as const

it('sorts events by what became of them, each by its place in the body', () => {
  const good = change('a')
  const decoded: readonly Decoded[] = [
    { kind: 'ignored', code: 'creation' },
    good,
    { kind: 'ignored', code: 'not-mapped' },
    { kind: 'rejected', problems: [problem], event: { id: 1 } },
  ]
  expect(sort(decoded, true)).toEqual({
    changes: [good.change],
    ignored: [
      { index: 0, code: 'creation' },
      { index: 2, code: 'not-mapped' },
    ],
    rejected: [{ index: 3, problems: [problem], event: { id: 1 } }],
  })
})

it('rejects a change that no message holds, where it stands in the body', () => {
  const large = change('large', '\uFFFF'.repeat(200_000))
  const rejected = (isList: boolean) =>
    sort([large], isList).rejected.map(({ problems: [{ code, pointer }] }) => ({ code, pointer }))
  expect(rejected(true)).toEqual([{ code: 'too-large', pointer: '/0' }])
  expect(rejected(false)).toEqual([{ code: 'too-large', pointer: '' }])
})
