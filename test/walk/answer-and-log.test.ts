// What a sender who waits is answered, and what the log says of the same change, are one and the same end.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts'
import { createAccount } from '../../infra/outcomes/account.ts'
import { saidIn } from '../../infra/outcomes/said.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { post } from '../support/sender.ts'
import { directChange } from '../support/sent-events.ts'

const start = async (environment: Record<string, string>) => {
  const log = recordedLog()
  const stack = await startLocalStack({ port: 0, campaignPort: 0, log, environment })
  return { log, stack }
}

/** Sends changes, waits for the answer and for the end of each; both as outcome and code, in the order sent. */
const compare = async (
  { log, stack }: { log: ReturnType<typeof recordedLog>; stack: LocalStack },
  body: object[],
) => {
  const answer = await post(stack.gateway.url, 'direct', { body, headers: { prefer: 'wait=5' } })
  const linesOf = () =>
    log.lines
      .filter(({ message, receipt }) => message === 'change.delivered' && receipt === answer.body.receipt)
      .filter(({ outcome }) => outcome !== 'deferred' && outcome !== 'waiting')
      .toSorted((left, right) => Number(left['index']) - Number(right['index']))
  await expect.poll(() => linesOf().length, { timeout: 10_000 }).toBe(body.length)
  const told = (ends: readonly Record<string, unknown>[]) =>
    ends.map(({ outcome, code }) => ({ outcome, code }))
  return { answered: told(answer.body.results), logged: told(linesOf()) }
}

describe('a change that is applied, or is not', () => {
  let started: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    started = await start({ UNMATCHED: 'park' })
  })
  afterAll(() => started.stack.close())

  let people = 0
  let match: { cusCrmId: string }
  beforeEach(() => {
    people += 1
    match = { cusCrmId: `answered-${people}` }
    campaign().addProfiles([{ ...match, email: `answered-${people}@example.com`, phone: '1' }])
  })
  const campaign = () => started.stack.campaign.campaign
  const twin = () => ({ email: `answered-${people}@example.com` })

  it.each([
    ['applied', () => directChange({ match, set: { phone: '2' } })],
    ['unchanged', () => directChange({ match, set: { phone: '1' } })],
    [
      'created',
      () => directChange({ action: 'upsert', match: { cusCrmId: `new-${people}` }, set: { phone: '1' } }),
    ],
    ['unmatched', () => directChange({ match: { cusCrmId: 'nobody' } })],
    [
      'ambiguous',
      () => {
        campaign().addProfiles([twin()])
        return directChange({ match: twin() })
      },
    ],
    [
      'parked',
      () => {
        campaign().settings({ customFields: { cusTier: null } })
        return directChange({ match, set: { cusTier: 'gold' } })
      },
    ],
  ])('%s', async (outcome, change) => {
    const { answered, logged } = await compare(started, [change()])
    expect(answered).toMatchObject([{ outcome }])
    expect(logged).toEqual(answered)
  })

  it('duplicate and superseded', async () => {
    const newer = directChange({
      id: 'newer',
      match,
      occurredAt: '2026-02-01T00:00:00Z',
      set: { phone: '2' },
    })
    await compare(started, [newer])
    const { answered, logged } = await compare(started, [newer, directChange({ id: 'older', match })])
    expect(answered.map(({ outcome }) => outcome)).toEqual(['duplicate', 'superseded'])
    expect(logged).toEqual(answered)
  })

  it('queued, and then what the log says', async () => {
    campaign().addFaults([
      { match: { method: 'PATCH', path: '/' }, times: 1, answer: { status: 503, retryAfter: 1 } },
    ])
    const { answered, logged } = await compare(started, [directChange({ match, set: { phone: '3' } })])
    expect(answered).toMatchObject([{ outcome: 'queued' }])
    expect(logged).toMatchObject([{ outcome: 'applied' }])
  })

  it('and every one that was accepted has its end in the log', () => {
    const account = createAccount()
    for (const line of started.log.lines) {
      for (const said of saidIn(JSON.stringify({ timestamp: '2026-11-22', ...line })) ?? []) account.add(said)
    }
    const { accepted, outcomes, withoutEnd } = account.totals(0)
    expect(withoutEnd).toEqual([])
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(accepted)
  })
})

it('observed, where nothing is written', async () => {
  const observing = await start({ MODE: 'observe' })
  const { answered, logged } = await compare(observing, [directChange({ match: { cusCrmId: 'nobody' } })])
  expect(answered).toEqual([{ outcome: 'observed', code: 'waiting' }])
  expect(logged).toEqual(answered)
  await observing.stack.close()
})
