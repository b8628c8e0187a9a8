import { expect, it } from 'vitest'
import { campaignUnderTest, credentials, ext, form, tokenForm } from './campaign-under-test.ts'
import { manualTime } from './manual-time.ts'

it('gives a token for client credentials at /ims/token/v3', async () => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.askToken()
  expect(answer.status).toBe(200)
  expect(answer.json()).toEqual({
    access_token: expect.any(String),
    token_type: 'bearer',
    expires_in: 86_399,
  })
  const headers = campaign.headersOf(answer.json().access_token)
  expect((await campaign.send('GET', `${ext}/profile`, { headers })).status).toBe(200)
})

it('gives a token whose payload says when it was made and when it ends', async () => {
  const time = manualTime()
  await using campaign = await campaignUnderTest({ time })
  const parts = (await campaign.askToken()).json().access_token.split('.')
  expect(parts).toHaveLength(3)
  expect(JSON.parse(Buffer.from(parts[1], 'base64url').toString())).toMatchObject({
    type: 'access_token',
    as: 'ims-na1',
    created_at: String(time.now()),
    expires_in: '86399000',
  })
})

it('takes multipart at /ims/token/v2', async () => {
  await using campaign = await campaignUnderTest()
  const body = new FormData()
  for (const [name, value] of new URLSearchParams(tokenForm({ org_id: 'x@AdobeOrg' }))) body.set(name, value)
  const answer = await fetch(`${campaign.url}/ims/token/v2`, { method: 'POST', body })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ access_token: expect.any(String) })
})

it('takes the fields as query parameters', async () => {
  await using campaign = await campaignUnderTest()
  expect((await campaign.send('POST', `/ims/token/v3?${tokenForm()}`)).status).toBe(200)
})

it.each([
  [{ client_id: 'other' }, 'invalid_client', 'invalid client_id parameter'],
  [{ client_secret: 'other' }, 'invalid_client', 'invalid client_secret parameter'],
  [{ scope: '' }, 'invalid_scope', 'invalid scope parameter'],
  [{ grant_type: 'password' }, 'unsupported_grant_type', 'invalid grant_type parameter'],
])('refuses %j with 400 %s', async (change, error, description) => {
  await using campaign = await campaignUnderTest()
  const answer = await campaign.askToken(change)
  expect(answer.status).toBe(400)
  expect(answer.json()).toEqual({ error, error_description: description })
})

it('refuses a token request without any body', async () => {
  await using campaign = await campaignUnderTest()
  expect((await campaign.send('POST', '/ims/token/v3', { headers: form })).status).toBe(400)
})

it('takes any scope that is not empty', async () => {
  await using campaign = await campaignUnderTest()
  expect((await campaign.askToken({ scope: 'whatever' })).status).toBe(200)
})

it('lets a token live as long as tokenSeconds says', async () => {
  const time = manualTime()
  await using campaign = await campaignUnderTest({ time, settings: { tokenSeconds: 60 } })
  expect((await campaign.askToken()).json().expires_in).toBe(60)
  time.advance(59_999)
  expect((await campaign.call('GET', `${ext}/profile`)).status).toBe(200)
  time.advance(1)
  expect((await campaign.call('GET', `${ext}/profile`)).json().error_code).toBe('401013')
})

it.each(['tokens/expire', 'tokens/revoke'])('ends all tokens on %s but gives new ones', async (name) => {
  await using campaign = await campaignUnderTest()
  expect((await campaign.control('POST', name)).status).toBe(200)
  expect((await campaign.call('GET', `${ext}/profile`)).status).toBe(401)
  const headers = campaign.headersOf((await campaign.askToken()).json().access_token)
  expect((await campaign.send('GET', `${ext}/profile`, { headers })).status).toBe(200)
})

it('refuses the old client secret once credentials changed, until a reset', async () => {
  await using campaign = await campaignUnderTest()
  await campaign.control('POST', 'credentials', { clientSecret: 'secret-2' })
  expect((await campaign.askToken()).json().error_description).toBe('invalid client_secret parameter')
  expect((await campaign.askToken({ client_secret: 'secret-2' })).status).toBe(200)
  expect((await campaign.call('GET', `${ext}/profile`)).status).toBe(200)
  await campaign.control('POST', 'reset')
  expect((await campaign.askToken({ client_secret: credentials.clientSecret })).status).toBe(200)
})
