// Two lanes at once: what is in one never waits for what is in the other for long, and nothing is lost between them.
import { expect, it } from 'vitest'
import type { Change, MatchEntry, Values } from '../../functions/change/change.ts'
import type { Lane } from '../../functions/change/lane.ts'
import { toChangesMessages } from '../../functions/change/message.ts'
import { createSendMessages } from '../../functions/runtime/queue.ts'
import { realTime } from '../../functions/runtime/time.ts'
import { startLocalStack } from '../../infra/local/stack.ts'
import { expectedValues } from '../support/model.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { aChange, aRecord } from '../support/records.ts'
import { post } from '../support/sender.ts'
import { directChange } from '../support/sent-events.ts'
import { startSimulation } from '../support/simulation.ts'

const MORNING = Date.parse('2026-11-22T08:00:00.000Z')

it('applies an opt-out within five seconds behind a backlog of 2,000 changes', async () => {
  const log = recordedLog()
  await using stack = await startLocalStack({ port: 0, campaignPort: 0, log })
  const { campaign } = stack.campaign
  const people = Array.from({ length: 2000 }, (_, number) => ({ cusCrmId: `backlog-${number}` }))
  campaign.addProfiles(people)
  campaign.settings({ latencyMs: 100 })
  const changes = people.map(({ cusCrmId: value }, index) => ({
    ...aChange({ match: [{ attribute: 'cusCrmId', value }], set: { phone: '1' } }),
    index,
  }))
  const stamp = { receipt: 'backlog', receivedAt: Date.now() }
  const send = createSendMessages(stack.standIns.clients().sqs, realTime, log)
  const { url } = stack.standIns.queues.changes
  expect(
    await send(
      url,
      toChangesMessages(stamp, changes, ({ value }) => value),
    ),
  ).toBe(true)

  const match = { cusCrmId: 'backlog-1999' }
  const body = directChange({ id: 'opt-out', match, set: { blackListEmail: true } })
  const sentAt = Date.now()
  await post(stack.gateway.url, 'direct', { body })
  const outcome = () => log.lines.find(({ changeId }) => changeId === 'opt-out')?.['outcome']
  await expect.poll(outcome, { timeout: 20_000, interval: 20 }).toBe('applied')
  expect(Date.now() - sentAt).toBeLessThan(5000)
  const profile = campaign.profiles().find(({ cusCrmId }) => cusCrmId === match.cusCrmId)
  expect(profile).toMatchObject({ blackListEmail: true })
  expect((await stack.standIns.queueCounts()).changes).toBeGreaterThan(1000)
}, 40_000)

it('lets two lanes and two match keys share one profile: none starves, loses a change or is overtaken', async () => {
  const simulation = startSimulation({ settings: { latencyMs: 100 } })
  const { time, hidden, log } = simulation
  const [key, email]: readonly MatchEntry[] = [
    { attribute: 'cusCrmId', value: 'ada' },
    { attribute: 'email', value: 'ada@example.com' },
  ]
  if (!key || !email) throw new Error('there are two')
  simulation.campaign.addProfiles([{ cusCrmId: key.value, email: email.value }])
  const groupOf = (match: MatchEntry, lane: Lane, valuesAt: (minute: number) => Values) =>
    Array.from({ length: 30 }, (_, minute) => {
      const occurredAt = MORNING + minute * 60_000
      const change = aChange({ match: [match], set: valuesAt(minute), occurredAt })
      return { change, record: aRecord([change], { lane, receivedAt: time.now() }) }
    })
  const groups = [
    groupOf(key, 'changes', (minute) => ({ phone: `by key ${minute}` })),
    groupOf(email, 'changes', (minute) => ({ phone: `by email ${minute}`, lastName: `${minute}` })),
    groupOf(key, 'consent', (minute) => ({ blackListEmail: minute % 2 === 0 })),
    groupOf(email, 'consent', (minute) => ({ ccpaOptOut: minute % 3 === 0, firstName: `${minute}` })),
  ]
  /** As SQS hands out one group: the next message when the one before it has left. */
  const work = async (group: ReturnType<typeof groupOf>) => {
    const worker = simulation.startWorker()
    for (const { record } of group) {
      for (let receives = 1; ; receives += 1) {
        const attributes = { ...record.attributes, ApproximateReceiveCount: String(receives) }
        const { batchItemFailures } = await simulation.deliver(worker, [{ ...record, attributes }])
        if (batchItemFailures.length === 0) break
        await time.sleep((hidden.get(record.receiptHandle) ?? 180) * 1000)
      }
    }
  }
  const startedAt = time.now()
  await time.run(Promise.all(groups.map(work)))
  // A hundred and twenty changes of three calls each, one after the other, take 36 seconds.
  expect(time.now() - startedAt).toBeLessThan(90_000)
  const all: readonly Change[] = groups.flat().map(({ change }) => change)
  expect(simulation.campaign.profiles()[0]).toMatchObject(expectedValues(all))
  const ended = log.lines
    .filter(({ message, outcome }) => message === 'change.delivered' && outcome !== 'deferred')
    .map(({ changeId }) => changeId)
  expect(ended.toSorted()).toEqual(all.map(({ id }) => id).toSorted())
  for (const group of groups) {
    const ids = group.map(({ change }) => change.id)
    expect(ended.filter((id) => ids.some((one) => one === id))).toEqual(ids)
  }
}, 30_000)
