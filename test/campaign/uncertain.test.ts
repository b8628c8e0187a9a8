// The switches for what no source says; those of bodies are in behaviour 30.
import { expect, it } from 'vitest'
import type { SettingsChange } from '../../infra/local/campaign/settings.ts'
import { campaignUnderTest, ext, plain } from './campaign-under-test.ts'
import { manualTime } from './manual-time.ts'

const people = [
  { email: 'a@b.c', lastName: 'Doe', cusCrmId: '1' },
  { email: 'x@b.c', cusCrmId: 'email' },
]

it.each<[SettingsChange, string, number]>([
  [{}, 'byText?text=b.c', 0],
  [{ textMatch: 'contains' }, 'byText?text=b.c', 2],
  [{ unknownFilter: 'ignore' }, 'byNothing?x=1', 2],
  [{ unknownFilter: 'ignore' }, 'byNothing/byEmail?email=a@b.c', 1],
  [{ missingParameter: 'ignore' }, 'byEmail', 2],
  [{ missingParameter: 'ignore' }, 'byText?filterType=email', 2],
  [{ unsortable: 'ignore' }, '?_order=age', 2],
  [{ maxLineCount: 1 }, '?_lineCount=50', 1],
  [{ maxLineCount: 1 }, '', 1],
])('with %j lists %s: %i', async (settings, path, count) => {
  await using campaign = await campaignUnderTest({ settings })
  campaign.campaign.addProfiles(people)
  expect((await campaign.call('GET', `${ext}/profile/${path}`)).json().content).toHaveLength(count)
})

it.each([
  'byNothing?x=1',
  'byText?filterType=email',
  'byText?text=a&filterType=shoe',
  '?_order=nothing',
  '?_order=cusTier',
])('refuses %s on profileAndServices by default', async (path) => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles(people)
  expect((await campaign.call('GET', `${plain}/profile/${path}`)).status).toBeGreaterThanOrEqual(400)
})

it('takes a key for a key before an attribute with keyFirst', async () => {
  await using campaign = await campaignUnderTest()
  campaign.campaign.addProfiles(people)
  const read = async () => (await campaign.call('GET', `${ext}/profile/email`)).json()
  expect((await read()).content).toEqual(['a@b.c', 'x@b.c'])
  await campaign.control('POST', 'settings', { keyFirst: true })
  expect(await read()).toMatchObject({ cusCrmId: 'email' })
})

it('patches the record whose key stands in the body with patchCollection', async () => {
  await using campaign = await campaignUnderTest({ settings: { patchCollection: 'byKey' } })
  const [first] = campaign.campaign.addProfiles(people)
  const patch = (body: unknown) => campaign.call('PATCH', `${ext}/profile`, body)
  expect((await patch({ cusCrmId: '1', phone: '5' })).json().PKey).toBe(first?.['PKey'])
  expect((await patch({ cusCrmId: '9', phone: '5' })).status).toBe(404)
  expect((await patch({ phone: '5' })).status).toBe(404)
  expect(campaign.campaign.profiles().map(({ phone }) => phone)).toEqual(['5', ''])
})

it('answers a DELETE with the key of what was deleted, if deleteBody says so', async () => {
  await using campaign = await campaignUnderTest({ settings: { deleteBody: 'key' } })
  const [first] = campaign.campaign.addProfiles(people)
  const answer = await campaign.call('DELETE', `${ext}/profile/1`)
  expect([answer.status, answer.json()]).toEqual([200, { PKey: first?.['PKey'], href: first?.['href'] }])
})

it('answers a subscription with subscribeStatus', async () => {
  await using campaign = await campaignUnderTest({ settings: { subscribeStatus: 200 } })
  campaign.campaign.addProfiles(people)
  await campaign.call('POST', `${plain}/service`, { name: 'SVC1' })
  const body = { service: { PKey: 'SVC1' } }
  expect((await campaign.call('POST', `${ext}/profile/1/subscriptions`, body)).status).toBe(200)
})

it('answers errors of the engine as one JSON string with errorFormat json', async () => {
  await using campaign = await campaignUnderTest({ settings: { errorFormat: 'json' } })
  const answer = await campaign.call('GET', `${ext}/profile/C-9`)
  expect(answer.headers['content-type']).toContain('application/json')
  expect(answer.json()).toMatch(/^RST-360011 .*\nUnable to find document/)
})

it('refuses larger bodies than maxBodyBytes with 413', async () => {
  await using campaign = await campaignUnderTest({ settings: { maxBodyBytes: 20 } })
  const status = async (phone: string) => (await campaign.call('POST', `${ext}/profile`, { phone })).status
  expect([await status('1'), await status('1'.repeat(20))]).toEqual([201, 413])
})

it('refuses more calls at once than concurrentCalls with 429', async () => {
  const time = manualTime()
  await using campaign = await campaignUnderTest({ time })
  await campaign.control('POST', 'settings', { concurrentCalls: 1, latencyMs: 100 })
  const slow = campaign.call('GET', `${ext}/profile`)
  await time.sleeping(1)
  expect((await campaign.call('GET', `${ext}/profile`)).status).toBe(429)
  time.advance(100)
  expect((await slow).status).toBe(200)
})
