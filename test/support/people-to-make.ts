// People who are to be made, completed and deleted, and what must have become of them in the end.
import type { SQSRecord } from 'aws-lambda'
import { expect } from 'vitest'
import { startMortalWorker, type Worker } from './mortal-worker.ts'
import { drain } from './queue.ts'
import { aChange, aRecord } from './records.ts'
import { type Simulation, startSimulation } from './simulation.ts'

const at = (minute: number) => Date.parse('2026-11-22T08:00:00.000Z') + minute * 60_000
const key = (name: string) => ({ attribute: 'cusCrmId', value: `crm-${name}` })
const email = (name: string) => ({ attribute: 'email', value: `${name}@example.com` })
const late = { action: 'upsert', occurredAt: at(3) } as const

/** One to be made, one to be made without a key, one whose key is to be filled, one to be deleted. */
export const peopleToMake = (): readonly SQSRecord[] => [
  aRecord([
    aChange({ ...late, match: [key('new'), email('new')], set: { phone: 'late' } }),
    aChange({ match: [key('new')], set: { phone: 'early', firstName: 'New' }, occurredAt: at(2), index: 1 }),
  ]),
  aRecord([aChange({ match: [email('keyless')], set: { phone: '1' }, occurredAt: at(3) })]),
  aRecord([aChange({ ...late, match: [key('fill'), email('fill')], set: { phone: '2' } })]),
  aRecord([aChange({ action: 'delete', match: [key('gone')], occurredAt: at(3) })]),
  aRecord([aChange({ match: [email('gone')], set: { phone: 'never' }, occurredAt: at(2) })]),
]

/** Claimed of one batch alone: where the newer change is applied before the deletion is, a person has to decide. */
export const oneToMakeAnew = (): readonly SQSRecord[] => [
  aRecord([aChange({ action: 'delete', match: [email('anew')], occurredAt: at(3) })]),
  aRecord([aChange({ match: [key('anew')], set: { phone: 'anew' }, occurredAt: at(4) })]),
]

export const startMaking = (verify = 'never'): Simulation => {
  const simulation = startSimulation({ environment: { VERIFY: verify, UNMATCHED: 'create' } })
  simulation.campaign.addProfiles([
    { email: 'fill@example.com' },
    { cusCrmId: 'crm-gone', email: 'gone@example.com', phone: 'there' },
    { cusCrmId: 'crm-anew', email: 'anew@example.com', fax: 'there' },
  ])
  return simulation
}

export const all = (count: number): readonly number[] => Array.from({ length: count }, (_, place) => place)

export const finish = (
  simulation: Simulation,
  records: readonly SQSRecord[],
  worker: Worker = startMortalWorker(simulation),
): Promise<void> => drain(simulation, records, { pick: all, worker: () => worker, sideBySide: 1 })

const endOf = ({ campaign, parked, log }: Simulation) => ({
  profiles: campaign
    .profiles()
    .map((one) => [one['cusCrmId'], one['email'], one['phone'], one['fax'], one['firstName']].join())
    .toSorted(),
  parked: parked.map(({ MessageBody }) => JSON.parse(MessageBody).parked.code),
  ended: new Set(
    log.lines.flatMap(({ message, outcome, receipt, index }) =>
      message === 'change.delivered' && outcome !== 'deferred' ? [`${receipt}-${index}`] : [],
    ),
  ).size,
})

const profilesWith = (isAnew: boolean): readonly string[] => [
  ',keyless@example.com,1,,',
  isAnew ? 'crm-anew,,anew,,' : 'crm-anew,anew@example.com,,there,',
  'crm-fill,fill@example.com,2,,',
  'crm-new,new@example.com,late,,New',
]
const hasAnew = (records: readonly SQSRecord[]) => records.some(({ body }) => body.includes('anew'))

/** Everybody as she should be, and every change with an end. */
export const expectMade = (simulation: Simulation, records: readonly SQSRecord[], name: string): void => {
  const isAnew = hasAnew(records)
  expect(endOf(simulation), name).toEqual({
    profiles: profilesWith(isAnew),
    parked: [],
    ended: isAnew ? 8 : 6,
  })
}

/** Nothing that is repeated brings anybody back or makes a second one. */
export const expectStanding = async (
  simulation: Simulation,
  records: readonly SQSRecord[],
  name: string,
): Promise<void> => {
  await finish(
    simulation,
    records.filter(({ body }) => !body.includes('"delete"')),
  )
  expect(endOf(simulation).profiles, `${name}, replayed`).toEqual(profilesWith(hasAnew(records)))
}
