import { expect, it } from 'vitest'
import { failedMessages } from '../../infra/local/aws/failed-messages.ts'

const batch = ['one', 'two']
const naming = (...itemIdentifiers: unknown[]) => ({
  batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })),
})

it.each([
  ['nothing', null, []],
  ['an empty object', {}, []],
  ['a list that is null', { batchItemFailures: null }, []],
  ['an empty list', naming(), []],
  ['one message', naming('two'), ['two']],
  ['an unknown message beside a known one', naming('two', 'three'), batch],
  ['an empty identifier', naming(''), batch],
  ['an identifier that is null', naming(null), batch],
  ['a failure under another key', { batchItemFailures: [{ messageId: 'two' }] }, batch],
  ['a list that is none', { batchItemFailures: 'two' }, batch],
  ['a text', 'done', batch],
])('reads %s as AWS does', (_case, answer, failed) => {
  expect([...failedMessages(answer, batch)]).toEqual(failed)
})
