// A change that is known as guilty keeps nobody waiting: it is put aside, and what came before it in its group is applied.
import { expect, it } from 'vitest'
import type { MatchEntry } from '../../functions/change/change.ts'
import { startVictim } from '../support/mortal-worker.ts'
import { VISIBILITY_MILLISECONDS } from '../support/queue.ts'
import { aChange, aRecord, type GivenChange } from '../support/records.ts'
import { startSimulation } from '../support/simulation.ts'

const MORNING = Date.parse('2026-11-22T08:00:00.000Z')
const key: MatchEntry = { attribute: 'cusCrmId', value: 'ada' }
const email: MatchEntry = { attribute: 'email', value: 'ada@example.com' }
/** Two among others, five alone, and a try for each message of the group. */
const MOST_TRIES = 10

const guilty = (more: Partial<GivenChange>) =>
  aChange({ match: [key], set: { phone: 'poison' }, occurredAt: MORNING, ...more })
const fax = aChange({ match: [key], set: { fax: '1' }, occurredAt: MORNING - 1 })
const optOut = aChange({ match: [key], set: { blackListEmail: true }, occurredAt: MORNING - 1 })
const upsert = { action: 'upsert', match: [key, email] } as const
const other = aChange({ ...upsert, set: { firstName: 'Ada' }, occurredAt: MORNING })

it.each([
  ['a deletion', [optOut, guilty({ action: 'delete', set: {} })], 'consent'],
  ['an upsert', [fax, guilty(upsert)], 'changes'],
  [
    'an upsert of consent',
    [optOut, guilty({ ...upsert, set: { phone: 'poison', blackListFax: true } })],
    'consent',
  ],
  ['an upsert between two others', [fax, guilty(upsert), other], 'changes'],
  ['a plain change', [fax, guilty({})], 'changes'],
] as const)('%s that ends its workers is put aside alone', async (_name, changes, lane) => {
  const simulation = startSimulation()
  simulation.campaign.addProfiles([{ cusCrmId: 'ada', email: email.value }])
  const records = changes.map((one, place) => aRecord([one], { lane, receipt: `r${place}`, group: 'ada' }))
  let left = records
  for (let tries = 0; tries < MOST_TRIES && left.length > 0; tries += 1) {
    const worker = startVictim(
      simulation,
      ({ method, body }) => body.includes('poison') || method === 'DELETE',
    )
    const delivered = simulation.deliver(worker.deliver, left)
    delivered.catch(() => {})
    const answer = await simulation.time.run(Promise.race([delivered, worker.death]))
    await simulation.time.pass(VISIBILITY_MILLISECONDS)
    const failed = answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
    if (failed) left = left.filter(({ messageId }) => failed.includes(messageId))
  }
  expect(left).toEqual([])
  const parked = simulation.parked.map(({ MessageBody }) => JSON.parse(MessageBody))
  expect(parked.map((one) => [one.changes[0].id, one.parked.code])).toEqual([[changes[1].id, 'crashed']])
  expect(simulation.campaign.profiles()).toMatchObject([lane === 'consent' ? optOut.set : fax.set])
})

it('the opt-outs of a change that was handed back are not begun here either', async () => {
  const simulation = startSimulation()
  simulation.campaign.addProfiles([{ cusCrmId: 'ada' }, { cusCrmId: 'bob' }])
  const killer = aRecord([guilty({ action: 'delete', set: {} })])
  for (const _death of [1, 2]) {
    const worker = startVictim(simulation, ({ method }) => method === 'DELETE')
    const delivered = simulation.deliver(worker.deliver, [killer])
    delivered.catch(() => {})
    await simulation.time.run(Promise.race([delivered, worker.death]))
    await simulation.time.pass(VISIBILITY_MILLISECONDS)
  }
  const match = [{ attribute: 'cusCrmId', value: 'bob' }] as const
  const whole = aChange({ match, set: { blackListEmail: true, fax: '1' }, occurredAt: MORNING, index: 1 })
  const deletion = aChange({ action: 'delete', match, occurredAt: MORNING + 5 })
  const record = aRecord([deletion, whole], { lane: 'consent' })
  const answered = simulation.deliver(simulation.startWorker(), [killer, record])
  expect((await simulation.time.run(answered)).batchItemFailures).toMatchObject([
    { itemIdentifier: record.messageId },
  ])
  expect(simulation.campaign.profiles()).toMatchObject([{ cusCrmId: 'bob', blackListEmail: false }])
})
