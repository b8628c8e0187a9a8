// Of several upserts in one message the one that was recorded before the invocation died is not blamed for its death.
import { expect, it } from 'vitest'
import { VISIBILITY_MILLISECONDS } from '../support/queue.ts'
import { aChange, aRecord } from '../support/records.ts'
import { startSimulation } from '../support/simulation.ts'

const T = Date.parse('2026-11-22T09:00:00Z')

it('parks the upsert that ends every invocation, and no other', async () => {
  const s = startSimulation()
  s.campaign.addProfiles([{ cusCrmId: 'k', email: 'k@example.com' }])
  const K = { attribute: 'cusCrmId', value: 'k' }
  const rec = aRecord([
    aChange({ action: 'upsert', match: [K], set: { phone: 'good' }, occurredAt: T }),
    aChange({ action: 'upsert', match: [K], set: { fax: 'killer' }, occurredAt: T + 1, index: 1 }),
  ])
  let deaths = 0
  for (let n = 0; n < 20; n += 1) {
    let dead = false
    const { promise: death, resolve: die } = Promise.withResolvers<void>()
    const w = s.startWorker(
      async (c) => {
        if (dead) await new Promise(() => {})
        const r = await c()
        if (dead) await new Promise(() => {})
        return r
      },
      {
        onRequest: (r) => {
          if (r.method === 'PATCH' && String(r.body).includes('killer')) {
            dead = true
            deaths += 1
            die()
          }
        },
      },
    )
    const p = s.deliver(w, [rec])
    p.catch(() => {})
    await s.time.run(Promise.race([p, death]))
    if (!dead) break
    await s.time.pass(VISIBILITY_MILLISECONDS)
  }
  expect(deaths).toBe(7)
  expect(s.parked.map(({ MessageBody }) => JSON.parse(MessageBody).changes[0].set)).toEqual([
    { fax: 'killer' },
  ])
})
