// Deliver before a Campaign with organizational units, and time that a test can let pass.
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Mappings } from '../../functions/change/mapping.ts'
import type { Deliver } from '../../functions/deliver/deliver.ts'
import { realTime } from '../../functions/runtime/time.ts'
import { type Delivery, startDelivery } from './delivery.ts'
import { mappings } from './mappings.ts'
import { aPerson, type Person } from './person.ts'
import { aChange } from './records.ts'

export const rome = { name: 'rome', label: 'Rome' }
export const nice = { name: 'nice', label: 'Nice' }
/** Where the units are read. */
export const path = '/local-tenant/campaign/profileAndServicesExt/orgUnitBase'
const secondsLater = () => {
  let ahead = 0
  const time = { now: () => Date.now() + ahead, sleep: realTime.sleep }
  return { time, pass: (seconds: number) => (ahead += seconds * 1000) }
}

/** A Campaign with the units `All`, `rome` and `nice`, and for each test a worker that has read nothing and a person. */
export const withUnits = (given: Partial<Mappings> = {}, environment = {}) => {
  const clock = secondsLater()
  const standing = {} as { delivery: Delivery; worker: Deliver; ada: Person }
  beforeAll(async () => {
    standing.delivery = await startDelivery({
      mappings: { ...mappings, ...given },
      environment,
      time: clock.time,
    })
  })
  afterAll(() => standing.delivery[Symbol.asyncDispose]())
  beforeEach(() => {
    const { delivery } = standing
    delivery.campaign.setFaults([])
    delivery.campaign.settings({ orgUnits: [rome, nice], unstablePKeys: false, bigTableThreshold: 100_000 })
    delivery.log.lines.length = 0
    standing.worker = delivery.startWorker()
    standing.ada = aPerson(delivery)
  })
  return {
    ...clock,
    delivery: () => standing.delivery,
    ada: () => standing.ada,
    unit: (person = standing.ada) => Object(person.profile()['orgUnit']).title,
    units: (orgUnits: readonly (typeof rome)[]) =>
      standing.delivery.campaign.settings({ orgUnits: [...orgUnits] }),
    reads: () => standing.ada.requests().filter((request) => request.path.startsWith(path)).length,
    set: (values: Record<string, string>, person = standing.ada) =>
      aChange({ match: [person.key], set: values, occurredAt: clock.time.now() }),
    apply: (...changes: ReturnType<typeof aChange>[]) =>
      standing.delivery.outcomesOf(changes, standing.worker),
  }
}
