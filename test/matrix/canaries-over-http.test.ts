// The same over real HTTP, real queues and DynamoDB's own items: no answer of accept repeats what was sent to it, and no
// item of the ledger holds what was written.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { localCredentials } from '../../infra/local/credentials.ts'
import { startAccept } from '../accept/accept-under-test.ts'
import { type Delivery, startDelivery } from '../support/delivery.ts'
import { aChange } from '../support/records.ts'
import { post, secretOf } from '../support/sender.ts'
import { directChange, hubspotEvent } from '../support/sent-events.ts'
import { leaksIn } from './leaks.ts'

let accept: Awaited<ReturnType<typeof startAccept>>
let delivery: Delivery
beforeAll(async () => {
  accept = await startAccept({ secrets: { pseudonym: 'pseudonym-key-canary-of-32-characters' } })
  delivery = await startDelivery({ environment: { UNMATCHED: 'create', LANDING_SECONDS: '1' } })
})
afterAll(async () => {
  await accept.close()
  await delivery[Symbol.asyncDispose]()
})

const secrets = [
  ...Object.values(localCredentials.sources).flat(),
  localCredentials.campaign.clientSecret,
  localCredentials.campaign.clientId,
  localCredentials.campaign.organization,
]
const match = { email: 'canary-ada@example.com' }
const change = (given: object = {}) => directChange({ match, set: { phone: 'canary' }, ...given })
const planted = {
  'x-canary': 'canary',
  cookie: 'canary',
  authorization: 'Bearer canary',
  'user-agent': 'canary',
}

const refused: readonly (readonly [
  number,
  string,
  'direct' | 'hubspot',
  Omit<Parameters<typeof post>[2], 'body'> & { body: unknown },
])[] = [
  [400, 'no JSON', 'direct', { body: '{"phone":"canary' }],
  [
    401,
    'a wrong secret',
    'direct',
    { body: change(), secret: `whsec_${Buffer.from('canary of somebody else').toString('base64')}` },
  ],
  [
    401,
    'malformed signatures',
    'hubspot',
    { body: [hubspotEvent()], headers: { 'x-hubspot-signature-v3': 'canary' } },
  ],
  [405, 'another method', 'direct', { body: change(), method: 'PUT' }],
  [413, 'too large', 'direct', { body: change({ set: { phone: 'canary'.repeat(200_000) } }) }],
  [415, 'a media type', 'direct', { body: change(), headers: { 'content-type': 'text/canary' } }],
  [422, 'an attribute nobody knows', 'direct', { body: change({ set: { canaryAttribute: 'canary' } }) }],
  [
    422,
    'a value of the wrong type',
    'direct',
    { body: change({ set: { birthDate: 'canary', phone: ['canary'] } }) },
  ],
  [422, 'a key of its own', 'direct', { body: change({ canaryKey: 'canary' }) }],
  [
    422,
    'an id and a match',
    'direct',
    { body: change({ id: 'canary id!', match: { cusCrmId: '../canary' } }) },
  ],
  [
    422,
    'a moment',
    'direct',
    { body: change({ occurredAt: 'canary', sequence: 'canary', action: 'canary' }) },
  ],
  [
    202,
    'a vendor’s bad events',
    'hubspot',
    {
      body: [
        hubspotEvent({ propertyName: 'email', propertyValue: 'canary' }),
        'canary',
        { canary: 'canary' },
      ],
    },
  ],
  [
    202,
    'good beside bad',
    'direct',
    { body: [change(), change({ set: { birthDate: 'canary' } })], query: '?canary=canary' },
  ],
]

it.each(refused)('answers %i to %s without a word of it', async (status, _what, source, posted) => {
  const answer = await post(accept.url, source, { ...posted, headers: { ...planted, ...posted.headers } })
  expect(answer.status).toBe(status)
  const pointers = /\/(\d+\/)?(set\/)?canary(Attribute|Key)/g
  const text = JSON.stringify([answer.body, [...answer.headers]]).replace(pointers, '')
  expect(leaksIn(text, secrets)).toEqual([])
})

it('answers a source of no name, and one without secrets, without a word of them', async () => {
  const answer = await fetch(`${accept.url}/webhooks/canary?canary`, { method: 'POST', body: 'canary' })
  expect(answer.status).toBe(404)
  expect(leaksIn(await answer.text(), secrets)).toEqual([])
  const without = await startAccept({
    secrets: { sources: { direct: ['canary of no scheme'], hubspot: 'canary' } },
  })
  const closed = await post(without.url, 'direct', { body: change() }).finally(without.close)
  expect(closed.status).toBe(503)
  expect(leaksIn([closed.body, without.log.lines], secrets)).toEqual([])
})

it('has said nothing in the log, and nothing beside the bodies of its messages', async () => {
  expect(accept.log.lines.length).toBeGreaterThan(refused.length)
  const sent = [...(await accept.received('changes')), ...(await accept.received('parked'))]
  expect(sent.length).toBeGreaterThan(3)
  const attributes = sent.map(({ Body: _, ...beside }) => beside)
  expect(leaksIn([accept.log.lines, attributes], [...secrets, secretOf('direct')])).toEqual([])
})

it('leaves no value, key or email in DynamoDB, be it written, refused, created, deleted or lost', async () => {
  const { campaign } = delivery
  campaign.addProfiles([{ cusCrmId: '7700077', email: match.email }])
  const byKey = [{ attribute: 'cusCrmId', value: '7700077' }] as const
  const byEmail = [{ attribute: 'email', value: match.email }] as const
  const made = [
    { attribute: 'cusCrmId', value: '7701077' },
    { attribute: 'email', value: 'canary-new@example.com' },
  ] as const
  const unexplained = { status: 500, body: 'An error has occurred: canary.' }
  const refusal = { status: 500, body: "The value 'canary' is not valid for the 'canary:title' enumeration" }
  const ends: unknown[] = []
  const deliver = async (...given: readonly Parameters<typeof aChange>[0][]) => {
    for (const one of await delivery.deliverNow(given.map(aChange))) ends.push(one.outcome)
  }
  await deliver({ match: byKey, set: { phone: 'canary', blackListEmail: true, firstName: 'Canary' } })
  await deliver({ match: byEmail, set: { lastName: 'Canary', 'location.city': 'Canary Wharf' } })
  campaign.addFaults([{ match: { method: 'PATCH' }, times: 1, answer: refusal }])
  await deliver({ match: byKey, set: { salutation: 'canary', phone: 'canary 2' }, occurredAt: Date.now() })
  await deliver({ match: made, action: 'upsert', set: { phone: 'canary' } })
  campaign.addFaults([{ match: { method: 'PATCH' }, times: 1, answer: unexplained }])
  await deliver({ match: byKey, set: { fax: 'canary' }, occurredAt: Date.now() })
  campaign.addFaults([{ match: { method: 'PATCH' }, times: 1, answer: { appliedButLost: true } }])
  await deliver({ match: byKey, set: { fax: 'canary' }, occurredAt: Date.now() })
  await deliver({ match: [made[0]], action: 'delete', occurredAt: Date.now() })
  expect(ends).toEqual(['applied', 'applied', 'parked', 'created', 'deferred', 'deferred', 'applied'])

  const { dynamodb } = delivery.standIns.clients()
  const { Items = [] } = await dynamodb.send(
    new ScanCommand({ TableName: delivery.standIns.environment['LEDGER_TABLE'] }),
  )
  expect(Items.length).toBeGreaterThan(4)
  const pkeys = campaign.profiles().map(({ PKey }) => String(PKey))
  expect(leaksIn([Items, delivery.log.lines], [...secrets, ...pkeys])).toEqual([])
})
