// A change that ends every invocation which works it is found out and parked, at whatever step of an upsert it does so.
import { expect, it } from 'vitest'
import { VISIBILITY_MILLISECONDS } from '../support/queue.ts'
import { aChange, aRecord } from '../support/records.ts'
import { startSimulation } from '../support/simulation.ts'

const key = { attribute: 'cusCrmId', value: 'ada' }
const email = { attribute: 'email', value: 'ada@example.com' }
const both = { cusCrmId: key.value, email: email.value }

it.each([
  ['is created', 'POST', undefined, [key, email]],
  ['is written, found by key and email', 'PATCH', both, [key, email]],
  ['is written, found by email', 'PATCH', both, [email]],
  ['is given its key', 'PATCH', { email: email.value }, [key, email]],
] as const)(
  'is parked where the worker dies when the profile %s',
  async (_name, method, profile, entries) => {
    const simulation = startSimulation()
    if (profile) simulation.campaign.addProfiles([profile])
    const [first, ...others] = entries
    const change = aChange({ action: 'upsert', match: [first, ...others], set: { phone: '1' } })
    const record = aRecord([change])
    let deaths = 0
    const live = async (): Promise<boolean> => {
      let isDead = false
      const { promise: death, resolve: die } = Promise.withResolvers<void>()
      const point = () => (isDead ? new Promise<void>(() => {}) : undefined)
      const worker = simulation.startWorker(
        async (call) => {
          await point()
          const result = await call()
          await point()
          return result
        },
        {
          onRequest: (request) => {
            if (request.method !== method || request.path.startsWith('/ims/')) return
            isDead = true
            die()
          },
        },
      )
      const delivered = simulation.deliver(worker, [record]).then(() => {})
      await simulation.time.run(Promise.race([delivered, death]))
      return !isDead
    }
    while (deaths < 20 && !(await live())) {
      deaths += 1
      await simulation.time.pass(VISIBILITY_MILLISECONDS)
    }
    expect(deaths).toBe(7)
    expect(simulation.parked.map(({ MessageBody }) => JSON.parse(MessageBody).parked.code)).toEqual([
      'crashed',
    ])
  },
)
