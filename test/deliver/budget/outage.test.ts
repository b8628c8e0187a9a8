// Campaign is away for two days while changes keep coming: nothing is lost, hardly anything is called, opt-outs are the
// first to be applied when it is back, and all of it as fast as the budget allows. OUTAGE_CHANGES gives another number.
import { expect, it, vi } from 'vitest'
import type { ChangesMessage } from '../../../functions/change/message.ts'
import { SURE_MILLISECONDS } from '../../../functions/deliver/budget/breaker.ts'
import { LATEST_MILLISECONDS } from '../../../functions/deliver/budget/pace.ts'
import {
  aBacklog,
  averageOf,
  busiestSecond,
  byKey,
  engineCalls,
  seededRandom,
  startWorkers,
} from '../../support/backlog.ts'
import { aChange, aRecord } from '../../support/records.ts'
import { startSimulation } from '../../support/simulation.ts'

// Two days hand out each message a hundred times; what a body says does not change meanwhile, so it is read once.
vi.mock('../../../functions/change/message.ts', async (original) => {
  const actual = await original<typeof import('../../../functions/change/message.ts')>()
  const read = new Map<string, ChangesMessage | undefined>()
  const readMessage = (body: string) => {
    if (!read.has(body)) read.set(body, actual.readMessage(body))
    return read.get(body)
  }
  return { ...actual, readMessage }
})

const CHANGES = Number(process.env['OUTAGE_CHANGES'] ?? 50_000)
/** HubSpot tells each property that an edit of a contact changes by an event of its own; they travel together. */
const EDIT = { firstName: 'Ada', lastName: 'Byron', phone: '1', mobilePhone: '2', 'location.city': 'London' }
const PEOPLE = CHANGES / Object.keys(EDIT).length
/** The same proportions at any size: three quarters of an hour of work. */
const PACE = PEOPLE / 2500
const CALLS_PER_SECOND = PACE < 1 ? Math.max(0.1, Math.round(PACE * 100) / 100) : Math.round(PACE)
/** At a low budget some opt-outs fill three minutes by themselves: one an hour at four calls per second, fewer below. */
const OPT_OUT_HOURS = Math.ceil(4 / CALLS_PER_SECOND)
const OPT_OUTS = Math.floor(47 / OPT_OUT_HOURS)
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const OUTAGE = 48 * HOUR

it(
  'loses and parks nothing while Campaign is away for 48 hours, and drains at full budget, opt-outs first',
  async () => {
    const random = seededRandom(20261122)
    const simulation = startSimulation({
      settings: { latencyMs: 120, callsPerSecond: Math.ceil(CALLS_PER_SECOND) },
      environment: { CALLS_PER_SECOND: String(CALLS_PER_SECOND) },
      random,
    })
    const { time, campaign } = simulation
    const names = Array.from({ length: PEOPLE }, (_, place) => `person-${place}`)
    campaign.addProfiles(names.map((name) => ({ cusCrmId: name })))
    const edits = names.map((name) => [
      ...Object.entries(EDIT).map(([attribute, value], index) =>
        aChange({ source: 'hubspot', index, match: [byKey(name)], set: { [attribute]: value } }),
      ),
    ])
    // Each is received when the queue has it, and no sooner.
    const received = (some: typeof edits) =>
      some.map((changes) => aRecord(changes, { receivedAt: time.now() }))
    const optOutOf = (place: number) => {
      const change = aChange({ match: [byKey(`person-${place}`)], set: { blackListEmail: true } })
      return aRecord([change], { receivedAt: time.now(), lane: 'consent' })
    }
    const begun = time.now()
    // They come hour by hour, the first when it begins.
    const hourly = Math.floor(PEOPLE / 48)
    const [first, later] = [edits.slice(0, -47 * hourly), edits.slice(-47 * hourly)]
    const backlog = aBacklog(simulation, startWorkers(simulation, 4), received(first))
    const optOuts = aBacklog(simulation, startWorkers(simulation, 2), [], 'consent')
    const work = (until: number, pause: number) =>
      time.run(Promise.all([backlog.poll(until, pause), optOuts.poll(until, pause)]))

    campaign.addFaults([{ match: { path: '/tenant' }, times: 10_000_000, answer: { status: 503 } }])
    await work(begun + MINUTE, SECOND)
    for (let hour = 1; hour <= 47; hour += 1) {
      await work(begun + hour * HOUR, MINUTE)
      backlog.add(received(later.slice((hour - 1) * hourly, hour * hourly)))
      if (hour % OPT_OUT_HOURS === 0) optOuts.add([optOutOf(hour)])
      // Half a million lines, which nobody reads.
      simulation.log.lines.length = 0
    }
    await work(begun + OUTAGE - 10 * MINUTE, MINUTE)
    await work(begun + OUTAGE, SECOND)

    expect(backlog.left()).toBe(PEOPLE)
    expect(optOuts.left()).toBe(OPT_OUTS)
    const tried = engineCalls(campaign.requests())
    const isProbe = ({ path }: { readonly path: string }) => path.includes('/profile?')
    const { lastFaultAt: openedAt } = simulation.budget.state().health
    // Ten seconds after the first fault, or at a low budget when five calls have gone.
    expect(openedAt - begun).toBeLessThanOrEqual(11_000 + 7000 / CALLS_PER_SECOND)
    const late = openedAt + SURE_MILLISECONDS + LATEST_MILLISECONDS
    expect(tried.filter((call) => !isProbe(call) && call.at > late)).toEqual([])
    const probes = tried.filter(isProbe).map(({ at }) => at)
    const gaps = probes.slice(1).map((at, place) => at - (probes[place] ?? 0))
    expect(gaps.filter((gap, place) => gap < Math.min(30, 2 ** (place + 1)) * SECOND)).toEqual([])

    campaign.setFaults([])
    const back = time.now()
    await work(back + 3 * MINUTE, SECOND)
    expect(optOuts.left()).toBe(0)
    expect(campaign.profiles().filter(({ blackListEmail }) => blackListEmail === true)).toHaveLength(OPT_OUTS)
    expect(backlog.left()).toBeGreaterThan(PEOPLE / 2)

    await work(back + 12 * HOUR, SECOND)
    expect(backlog.left()).toBe(0)
    const { 'location.city': city, ...texts } = EDIT
    expect(campaign.profiles().every((one) => matches(one, texts, city))).toBe(true)
    expect(simulation.parked).toEqual([])
    const calls = engineCalls(campaign.requests()).filter(({ at }) => at > back)
    expect(busiestSecond(calls)).toBeLessThanOrEqual(Math.ceil(CALLS_PER_SECOND))
    const middle = calls.filter(({ at }) => at > back + MINUTE && at < back + 16 * MINUTE)
    expect(averageOf(middle)).toBeGreaterThanOrEqual(0.9 * CALLS_PER_SECOND)
    expect(calls.filter(({ status }) => status === 429)).toEqual([])
    // One for each edit, whatever number of events told it; the read is what opting out costs, or a probe.
    expect(calls.filter(({ method }) => method === 'PATCH')).toHaveLength(PEOPLE + OPT_OUTS)
  },
  CHANGES * 10 + 60_000,
)

const matches = (profile: object, texts: Readonly<Record<string, string>>, city: string): boolean => {
  const held = Object.entries({ ...profile })
  const holds = (name: string, value: string) => held.some(([key, one]) => key === name && one === value)
  const location: unknown = Object.fromEntries(held)['location']
  return (
    Object.entries(texts).every(([name, value]) => holds(name, value)) &&
    JSON.stringify(location).includes(city)
  )
}
