// Look before you write: the recorded events of every kind through the whole local stack, first observed, then live.
import { describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import type { Environment } from '../../functions/runtime/config.ts'
import person from '../../infra/local/samples/profile.json' with { type: 'json' }
import { findWebhookSource } from '../../infra/local/sending/local-source.ts'
import { moveToNow } from '../../infra/local/sending/move-to-now.ts'
import { postSigned } from '../../infra/local/sending/post-signed.ts'
import { startLocalStack } from '../../infra/local/stack.ts'
import { kindNames, recorded } from '../change/recorded.ts'
import { trackRequests } from '../support/contract.ts'
import { mappings } from '../support/mappings.ts'
import { recordedLog } from '../support/recorded-log.ts'
import { methodsSince, watchAll } from '../support/untouched.ts'

const NOTHING = { changes: 0, consent: 0, inbox: 0, waiting: 0, parked: {} }
/** Whom the recorded events are about, as far as they are about somebody who is there. */
const people = [
  person,
  { cusCrmId: '1246965', email: 'zoe.nguyen@example.com' },
  { cusCrmId: '1246978' },
  { email: 'amy.dakota@mail.com' },
]

/** Every recorded body moved to today, one second after the other; deletions come last, as they do in life. */
const bodies = () => {
  const files = kindNames().flatMap((kind) =>
    [...recorded(kind)].map(([file, text]) => ({ kind, file, text })),
  )
  const isLast = (file: string) => Number(/delet|action/.test(file))
  const sorted = files.toSorted((left, right) => isLast(left.file) - isLast(right.file))
  const now = Date.now()
  return sorted.map(({ kind, text }, place) => {
    const at = now - (sorted.length - place) * 1000
    return { kind, body: Buffer.from(JSON.stringify(moveToNow(JSON.parse(text), at))) }
  })
}

const receiptSchema = z.object({ accepted: z.int(), receipt: z.string() })

/** Sends the bodies, signed as `npm run send` does, each when the one before it has ended; answers every line and result. */
const walk = async (
  sent: ReturnType<typeof bodies>,
  dialect: 'standard' | 'v8',
  environment: Environment,
) => {
  const log = recordedLog()
  const started = { mappings, port: 0, campaignPort: 0, log, dialect }
  await using stack = await startLocalStack({
    ...started,
    environment: { UNMATCHED: 'park', DELETES: 'delete', ...environment },
  })
  const { campaign } = stack.campaign
  trackRequests(campaign)
  campaign.addProfiles(people)
  const all = watchAll({ campaign, standIns: stack.standIns })
  const before = await all()
  const lines: Record<string, unknown>[] = []
  const results: unknown[] = []
  for (const { kind, body } of sent) {
    const source = await findWebhookSource(mappings, kind)
    const posted = await postSigned({ source, gatewayUrl: stack.gateway.url, body, now: Date.now() })
    expect([200, 202], posted.text).toContain(posted.status)
    const answer: unknown = JSON.parse(posted.text)
    const { accepted, receipt } = receiptSchema.parse(answer)
    await vi.waitFor(() => {
      const ended = log.lines.filter(
        (line) => line['receipt'] === receipt && line.message === 'change.delivered',
      )
      expect(ended).toHaveLength(accepted)
      lines.push(...ended)
    }, 10_000)
    results.push(...z.object({ results: z.array(z.unknown()).default([]) }).parse(answer).results)
  }
  await vi.waitFor(async () => expect(await stack.standIns.queueCounts()).toMatchObject({ changes: 0 }))
  return { lines, results, before, after: await all(), methods: methodsSince(campaign, 0) }
}

describe.each(['standard', 'v8'] as const)('at a Campaign of the dialect %s', (dialect) => {
  it('observing the recorded events of every kind (times moved to today) sends no PATCH, POST or DELETE, records no clock, and going live afterwards applies them all', async () => {
    const sent = bodies()
    const observed = await walk(sent, dialect, { MODE: 'observe' })
    expect(observed.methods).toEqual(['GET'])
    expect(observed.after).toEqual({ profiles: observed.before.profiles, ledger: [], queues: NOTHING })
    expect(new Set(observed.lines.map(({ outcome }) => outcome))).toEqual(new Set(['observed']))

    const live = await walk(sent, dialect, {})
    const ends = live.lines.map(({ outcome }) => outcome)
    const would = observed.lines.map(({ code }) => code)
    expect(live.lines.map(({ changeId }) => changeId)).toEqual(observed.lines.map(({ changeId }) => changeId))
    // Live, what an event of the recording has just written or deleted is so for the next one, which then changes nothing.
    const isAsTold = (end: unknown, place: number) =>
      end === would[place] ||
      (would[place] === 'applied' && ['unchanged', 'superseded'].includes(String(end)))
    expect(ends.filter((end, place) => !isAsTold(end, place))).toEqual([])
    expect(ends).toEqual(expect.arrayContaining(['applied', 'created', 'parked']))

    const byKey = new Map(live.after.profiles.map((profile) => [profile['cusCrmId'], profile]))
    expect(byKey.get(person.cusCrmId)).toMatchObject({
      phone: '+4722555011',
      firstName: 'Zoë',
      mobilePhone: '',
    })
    expect(byKey.get('1246990')).toMatchObject({ firstName: 'Ada', lastName: 'Lindqvist' })
    expect([...byKey.keys()].toSorted()).toEqual(['', '1246990', '1246991', person.cusCrmId])
  })

  it('tells a waiting sender what would have happened, and in which attributes', async () => {
    const direct = bodies().filter(({ kind }) => kind === 'direct')
    const { results } = await walk(direct, dialect, { MODE: 'observe', UNMATCHED: 'wait' })
    expect(results).toContainEqual({
      id: expect.stringMatching(/^evt-phone/),
      outcome: 'observed',
      code: 'applied',
      changed: ['phone'],
    })
    expect(results).toContainEqual({
      id: expect.stringContaining('crm:contact:45'),
      outcome: 'observed',
      code: 'created',
      changed: [],
    })
    expect(results.filter((one) => !/"observed"/.test(JSON.stringify(one)))).toEqual([])
  })
})
