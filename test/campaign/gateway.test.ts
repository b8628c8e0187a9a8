import { expect, it } from 'vitest'
import { campaignUnderTest, ext } from './campaign-under-test.ts'
import { manualTime } from './manual-time.ts'

it('refuses at the gateway in order: key missing, key unknown, token missing, token unknown', async () => {
  await using campaign = await campaignUnderTest()
  const { authorization } = campaign.headers
  const refusals = [
    [{}, 403, '403000', 'Api Key is required'],
    [{ 'x-api-key': 'other', authorization }, 403, '403003', 'Api Key is invalid'],
    [{ 'x-api-key': 'client-1' }, 403, '403010', 'Oauth token is missing.'],
    [{ 'x-api-key': 'client-1', authorization: 'Bearer x' }, 401, '401013', 'Oauth token is not valid'],
  ] as const
  for (const [headers, status, error_code, message] of refusals) {
    const answer = await campaign.send('GET', '/nobody/campaign/profileAndServices/profile', { headers })
    expect(answer.status).toBe(status)
    expect(answer.json()).toEqual({ error_code, message })
    expect(answer.headers['content-type']).toContain('application/json')
    expect(answer.headers['x-request-id']).toBeTruthy()
  }
})

it('answers 403023 for the stage instance, which the token does not cover', async () => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.call('GET', '/acme-mkt-stage/campaign/profileAndServices/profile')
  expect(answer.status).toBe(403)
  expect(answer.json()).toEqual({ error_code: '403023', message: 'Profile is not valid' })
})

it('answers an unknown organization with the gateway’s 500', async () => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.call('GET', '/nobody/campaign/profileAndServices/profile')
  expect(answer.status).toBe(500)
  expect(answer.json()).toEqual({
    code: 500,
    message: 'Oops. Something went wrong. Check your URI and try again.',
  })
})

it('writes nothing when the gateway refuses', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.send('POST', `${ext}/profile`, { body: { email: 'a@b.c' } })
  expect(campaign.campaign.profiles()).toEqual([])
})

it('answers 429 with Retry-After above callsPerSecond in any sliding second, and not for IMS', async () => {
  const time = manualTime()
  await using campaign = await campaignUnderTest({ time })
  await campaign.control('POST', 'settings', { callsPerSecond: 2 })
  const status = async () => (await campaign.call('GET', `${ext}/profile`)).status
  expect(await status()).toBe(200)
  time.advance(600)
  expect(await status()).toBe(200)
  const refused = await campaign.call('GET', `${ext}/profile`)
  expect(refused.status).toBe(429)
  expect(refused.headers['retry-after']).toBe('1')
  expect(refused.json()).toEqual({ error_code: '429050', message: 'Too many requests' })
  expect((await campaign.askToken()).status).toBe(200)
  time.advance(399)
  expect(await status()).toBe(429)
  time.advance(1)
  expect(await status()).toBe(200)
  expect(await status()).toBe(429)
})
