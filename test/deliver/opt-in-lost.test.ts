// Opt-ins over lost answers and deaths: what the ledger remembers of flags that were sent has to tell our own writes from
// what happened in Campaign meanwhile.
import { expect, it } from 'vitest'
import type { Change } from '../../functions/change/change.ts'
import type { FaultInput } from '../../infra/local/campaign/faults.ts'
import { startMortalWorker } from '../support/mortal-worker.ts'
import { onThePage as setOnThePage } from '../support/page.ts'
import { drain, VISIBILITY_MILLISECONDS } from '../support/queue.ts'
import { aChange, aRecord } from '../support/records.ts'
import { type Simulation, startSimulation } from '../support/simulation.ts'

const MINUTE = 60_000
const ada = { attribute: 'cusCrmId', value: 'ada' }

const start = (more: object = {}) => {
  const simulation = startSimulation()
  simulation.campaign.addProfiles([{ cusCrmId: 'ada', ...more }])
  const began = simulation.time.now()
  /** Negative minutes lie before the beginning. */
  const word = (blackListEmail: boolean, minutes: number, more: object = {}) =>
    aChange({ match: [ada], set: { blackListEmail, ...more }, occurredAt: began + minutes * MINUTE })
  return { simulation, word }
}
const shown = (moment: number) => new Date(moment).toISOString().replace('T', ' ')
const profileOf = ({ campaign }: Simulation) => campaign.profiles()[0] ?? {}
const isClosed = (simulation: Simulation) => profileOf(simulation)['blackListEmail']

/** Works the changes one after the other, each once; what comes back is not waited for. */
const once = async (simulation: Simulation, ...changes: readonly Change[]) => {
  for (const change of changes)
    await simulation.time.run(simulation.deliver(startMortalWorker(simulation).deliver, [aRecord([change])]))
}
const finish = (simulation: Simulation, changes: readonly Change[]) => {
  const worker = startMortalWorker(simulation)
  const records = changes.map((change) => aRecord([change]))
  const pick = (count: number) => Array.from({ length: count }, (_, place) => place)
  return drain(simulation, records, { pick, worker: () => worker, sideBySide: 1 })
}
const onThePage = (simulation: Simulation, blackListEmail: boolean) =>
  setOnThePage(simulation, ada.value, { blackListEmail })

const lostAnswers: readonly (readonly [string, FaultInput['answer']])[] = [
  ['lost after the write', { appliedButLost: true }],
  ['lost before the write', { reset: true }],
  ['unreadable', { garbage: true }],
  ['late, and the write later still', { applyAfterMs: 50_000 }],
]

it.each(lostAnswers)('decides by clocks over an opt-out whose answer is %s', async (_name, answer) => {
  for (const minutes of [-3, -1]) {
    const { simulation, word } = start()
    const closing = word(true, -2)
    simulation.campaign.addFaults([{ match: { method: 'PATCH' }, times: 1, answer }])
    await once(simulation, closing)
    // Landed or not, and nobody has heard: an older opt-in must not open what the opt-out has closed.
    await simulation.time.pass(2 * MINUTE)
    const hasLanded = isClosed(simulation) === true
    await once(simulation, word(false, minutes))
    if (hasLanded) expect(isClosed(simulation)).toBe(minutes < -2)
    await finish(simulation, [closing])
    expect(isClosed(simulation)).toBe(minutes < -2)
  }
})

it.each(lostAnswers)('opens once, whatever came before, when the answer is %s', async (_name, answer) => {
  for (const closes of ['by us', 'there']) {
    const there = { blackListEmail: true, blackListEmailLastModified: shown(Date.now() - 10 * MINUTE) }
    const { simulation, word } = start(closes === 'there' ? there : {})
    if (closes === 'by us') await once(simulation, word(true, -5))
    simulation.campaign.addFaults([{ match: { method: 'PATCH' }, times: 1, answer }])
    // Made before the opt-out was written by us, and after it was made.
    await finish(simulation, [word(false, -4)])
    expect(isClosed(simulation)).toBe(false)
  }
})

it('does not take for its own what is closed in Campaign while an opt-out of ours is refused', async () => {
  const { simulation, word } = start()
  simulation.campaign.addFaults([{ match: { method: 'PATCH' }, times: 1, answer: { status: 503 } }])
  await once(simulation, word(true, -5))
  await simulation.time.pass(1000)
  await onThePage(simulation, true)
  await once(simulation, word(false, -4))
  expect(isClosed(simulation)).toBe(true)
})

it.each([0, MINUTE])('decides by clocks though we closed the flag twice, %i ms apart', async (pause) => {
  const { simulation, word } = start()
  for (const minutes of [-9, -8]) {
    await once(simulation, word(true, minutes))
    await simulation.time.pass(pause)
  }
  await once(simulation, word(false, -7))
  expect(isClosed(simulation)).toBe(false)
})

// A write that lands later than the page undoes it: Campaign has no condition to send with a PATCH.
it.each(lostAnswers.slice(0, -1))(
  'hears the page right after an opt-in whose answer is %s',
  async (_name, answer) => {
    const { simulation, word } = start()
    await once(simulation, word(true, -5))
    const opening = word(false, -4)
    simulation.campaign.addFaults([{ match: { method: 'PATCH' }, times: 1, answer }])
    await once(simulation, opening)
    await simulation.time.pass(1000)
    if (isClosed(simulation)) await onThePage(simulation, false)
    await simulation.time.pass(1000)
    await onThePage(simulation, true)
    await finish(simulation, [opening, word(false, -3)])
    expect(isClosed(simulation)).toBe(true)
  },
)

it('ends the same wherever the worker dies, with opt-ins of every kind', async () => {
  const live = async (diesAt: number) => {
    const there = { blackListFax: true, blackListFaxLastModified: shown(Date.now() - 3 * MINUTE) }
    const { simulation, word } = start({ ...there, blackListPhone: true, blackListPhoneLastModified: '' })
    await once(simulation, word(true, -9), aChange({ match: [ada], set: { blackListMobile: true } }))
    const batch = () => [
      aRecord([word(false, -8, { phone: '1' })]),
      aRecord([word(true, -7, { blackListFax: false })]),
      aRecord([word(false, -6), word(true, -6, { blackListFax: false, lastName: 'Lovelace' })]),
      aRecord([word(false, -5, { blackListPhone: false })]),
    ]
    const records = batch()
    const worker = startMortalWorker(simulation, diesAt)
    const delivered = simulation.deliver(worker.deliver, records).then(() => {})
    await simulation.time.run(Promise.race([delivered, worker.death]))
    await simulation.time.pass(VISIBILITY_MILLISECONDS)
    const fresh = startMortalWorker(simulation)
    const pick = (count: number) => Array.from({ length: count }, (_, place) => place)
    await drain(simulation, records, { pick, worker: () => fresh, sideBySide: 1 })
    const { blackListEmail, blackListFax, blackListPhone, blackListMobile, phone, lastName } =
      profileOf(simulation)
    const codes = simulation.parked.map(({ MessageBody }) => JSON.parse(MessageBody).parked.code)
    return {
      points: worker.points(),
      end: { blackListEmail, blackListFax, blackListPhone, blackListMobile, phone, lastName, codes },
    }
  }
  const undisturbed = await live(Number.POSITIVE_INFINITY)
  expect(undisturbed.end).toEqual({
    blackListEmail: false,
    blackListFax: true,
    blackListPhone: true,
    blackListMobile: true,
    phone: '1',
    lastName: 'Lovelace',
    codes: ['consent-unclear'],
  })
  for (let point = 1; point <= undisturbed.points; point += 1)
    expect((await live(point)).end, `killed at point ${point}`).toEqual(undisturbed.end)
})
