import { expect, it } from 'vitest'
import { campaignUnderTest, ext } from './campaign-under-test.ts'
import { manualTime } from './manual-time.ts'

it('resets profiles, requests, faults, tokens and settings', async () => {
  await using campaign = await campaignUnderTest({ settings: { emailMatch: 'ignoreCase' } })
  const [old] = campaign.campaign.addProfiles([{ cusCrmId: '1', email: 'a@b.c' }])
  await campaign.control('POST', 'settings', { emailMatch: 'prefix', customFields: { cusNew: 'string' } })
  await campaign.control('POST', 'faults', [{ times: 9, answer: { status: 503 } }])
  expect((await campaign.call('GET', `${ext}/profile`)).status).toBe(503)

  const answer = await campaign.control('POST', 'reset')
  expect(answer.status).toBe(200)
  expect(campaign.campaign.profiles()).toEqual([])
  expect(campaign.campaign.requests()).toEqual([])
  expect((await campaign.call('GET', `${ext}/profile`)).status).toBe(401)
  const { emailMatch, customFields } = campaign.campaign.settings()
  expect(emailMatch).toBe('ignoreCase')
  expect(customFields).not.toHaveProperty('cusNew')

  campaign.campaign.addProfiles([{ cusCrmId: '1' }])
  const headers = campaign.headersOf((await campaign.askToken()).json().access_token)
  const gone = await campaign.send('GET', `${ext}/profile/${old?.['PKey']}`, { headers })
  expect(gone.status).toBe(404)
})

it('forgets at a reset the calls that it has counted', async () => {
  await using campaign = await campaignUnderTest({ time: manualTime(), settings: { callsPerSecond: 1 } })
  expect((await campaign.call('GET', `${ext}/profile`)).status).toBe(200)
  expect((await campaign.call('GET', `${ext}/profile`)).status).toBe(429)
  await campaign.control('POST', 'reset')
  const headers = campaign.headersOf((await campaign.askToken()).json().access_token)
  expect((await campaign.send('GET', `${ext}/profile`, { headers })).status).toBe(200)
})

it('drops at a reset what was still to be applied', async () => {
  const time = manualTime()
  await using campaign = await campaignUnderTest({ time })
  campaign.campaign.setFaults([{ answer: { applyAfterMs: 1000 } }])
  const late = campaign.call('POST', `${ext}/profile`, { email: 'a@b.c' })
  await time.sleeping(1)
  campaign.campaign.reset()
  time.advance(1000)
  await expect(late).rejects.toThrow()
  expect(campaign.campaign.profiles()).toEqual([])
})

it('plants profiles, also with times that only the server writes, and answers them as GET shows them', async () => {
  await using campaign = await campaignUnderTest({ time: manualTime() })
  const answer = await campaign.control('POST', 'profiles', [
    {
      email: 'not an address',
      blackListEmail: true,
      blackListEmailLastModified: '2020-01-02T03:04:05.006Z',
      created: '2019-01-01',
      lastModified: '2020-02-02 00:00:00.000Z',
      cusCrmId: '1',
    },
    { blackListEmail: true },
  ])
  expect(answer.status).toBe(200)
  expect(answer.json()).toMatchObject([
    {
      PKey: expect.stringMatching(/^@/),
      href: expect.stringContaining(`${ext}/profile/@`),
      email: 'not an address',
      blackListEmailLastModified: '2020-01-02 03:04:05.006Z',
      created: '2019-01-01 00:00:00.000Z',
      lastModified: '2020-02-02 00:00:00.000Z',
    },
    { blackListEmailLastModified: '2026-11-22 10:00:00.000Z', created: '2026-11-22 10:00:00.000Z' },
  ])
  expect((await campaign.control('GET', 'profiles')).json()).toEqual(answer.json())
})

it.each([
  [[{ email: 'a@b.c' }, { nickName: 'x' }], "'nickName' property"],
  [[{ email: 'a@b.c' }, { age: 3 }], 'read-only'],
  [[{ cusCrmId: '1' }, { cusCrmId: '1' }], 'the cusCrmId 1 is taken'],
  [{ email: 'a@b.c' }, 'unknown'],
])('plants nothing of %j', async (body, message) => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.control('POST', 'profiles', body)
  expect(answer.status).toBe(400)
  expect(answer.json().error).toContain(message)
  expect(campaign.campaign.profiles()).toEqual([])
})

it('names the attributes that can be planted', async () => {
  await using campaign = await campaignUnderTest()
  const { error } = (await campaign.control('POST', 'profiles', [{ nickName: 'x' }])).json()
  for (const name of ['firstName', 'location', 'orgUnit', 'cusTier', 'blackListEmailLastModified']) {
    expect(error).toContain(name)
  }
})

it('lists the requests as received, with status and time, newest last, controls left out', async () => {
  const time = manualTime()
  await using campaign = await campaignUnderTest({ time })
  await campaign.control('POST', 'reset')
  const at = time.now()
  await campaign.askToken()
  time.advance(5)
  await campaign.call('PATCH', `${ext}//profile/%40x?a=%20b`, { phone: '1' })
  await campaign.control('GET', 'profiles')
  expect((await campaign.control('GET', 'requests')).json()).toEqual([
    { method: 'POST', path: '/ims/token/v3', status: 200, at },
    { method: 'PATCH', path: `${ext}//profile/%40x?a=%20b`, status: 401, at: at + 5 },
  ])
})

it('keeps at least the last 100,000 requests', async () => {
  await using campaign = await campaignUnderTest()
  const send = (path: string) => campaign.campaign.handle({ method: 'GET', path, headers: {}, body: '' })
  for (let count = 0; count < 210_000; count += 1) await send(`/${count}`)
  const requests = campaign.campaign.requests()
  expect(requests.length).toBeGreaterThanOrEqual(100_000)
  expect(requests.length).toBeLessThanOrEqual(200_000)
  expect(requests.slice(-100_000).map(({ path }) => path)).toEqual(
    Array.from({ length: 100_000 }, (_, index) => `/${110_000 + index}`),
  )
}, 20_000)

it.each(['reset', 'tokens/expire', 'tokens/revoke', 'credentials', 'settings', 'profiles', 'faults'])(
  'takes no body and {} at %s, and refuses a name it does not know',
  async (name) => {
    await using campaign = await campaignUnderTest()
    expect((await campaign.control('POST', name)).status).toBe(200)
    expect((await campaign.control('POST', name, {})).status).toBe(200)
    const refused = await campaign.control('POST', name, { bogus: 1 })
    expect(refused.status).toBe(400)
    expect(refused.json().error).toMatch(/unknown .*bogus; allowed: \w+/)
    expect((await campaign.control('POST', name, '{')).json()).toEqual({ error: 'the body is not JSON' })
  },
)

it.each([
  ['POST', 'nothing'],
  ['GET', 'reset'],
] as const)('answers %s %s with 400 and the controls there are', async (method, name) => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.control(method, name)
  expect(answer.status).toBe(400)
  expect(answer.json().error).toContain('POST tokens/expire')
})
