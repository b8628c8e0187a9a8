// Tokens, the gateway and URLs.
import { expect } from 'vitest'
import { ext, plain, tokenForm } from '../campaign-under-test.ts'
import { behaviour } from './behaviour.ts'

export const showAccess = (): void => {
  behaviour(1, 'gives tokens at both addresses of IMS and refuses by name', async ({ campaign }) => {
    const { access_token, ...rest } = (await campaign.askToken()).json()
    expect(rest).toEqual({ token_type: 'bearer', expires_in: 86_399 })
    const claims = JSON.parse(Buffer.from(access_token.split('.')[1], 'base64url').toString())
    expect(claims).toMatchObject({ type: 'access_token', as: 'ims-na1', expires_in: '86399000' })
    const body = new FormData()
    for (const [name, value] of new URLSearchParams(tokenForm())) body.set(name, value)
    expect((await fetch(`${campaign.url}/ims/token/v2`, { method: 'POST', body })).status).toBe(200)
    const refusals = [
      [{ client_id: 'x' }, 'invalid client_id parameter'],
      [{ client_secret: 'x' }, 'invalid client_secret parameter'],
      [{ grant_type: 'x' }, 'invalid grant_type parameter'],
    ] as const
    for (const [change, error_description] of refusals) {
      const refused = await campaign.askToken(change)
      expect([refused.status, refused.json().error_description]).toEqual([400, error_description])
    }
  })

  behaviour(2, 'checks at the gateway first, in JSON', async ({ campaign }) => {
    const [key, token] = [campaign.headers['x-api-key'], campaign.headers.authorization]
    const refusals = [
      ['acme', {}, 403, '403000'],
      ['acme', { 'x-api-key': 'x', authorization: token }, 403, '403003'],
      ['acme', { 'x-api-key': key }, 403, '403010'],
      ['acme', { 'x-api-key': key, authorization: 'Bearer x' }, 401, '401013'],
      ['acme-mkt-stage', campaign.headers, 403, '403023'],
      ['nobody', campaign.headers, 500, undefined],
    ] as const
    for (const [organization, headers, status, code] of refusals) {
      const path = `/${organization}/campaign/profileAndServices/profile/@x`
      const answer = await campaign.send('GET', path, { headers })
      expect([answer.status, answer.json().error_code]).toEqual([status, code])
      expect(answer.headers['x-request-id']).toBeTruthy()
    }
  })

  behaviour(3, 'lets tests end tokens and shorten their life', async ({ campaign, time }) => {
    const status = async () => (await campaign.call('GET', `${ext}/profile`)).status
    await campaign.control('POST', 'tokens/expire')
    expect(await status()).toBe(401)
    await campaign.control('POST', 'settings', { tokenSeconds: 60 })
    const { access_token, expires_in } = (await campaign.askToken()).json()
    expect(expires_in).toBe(60)
    const headers = campaign.headersOf(access_token)
    expect((await campaign.send('GET', `${ext}/profile`, { headers })).status).toBe(200)
    time.advance(60_000)
    expect((await campaign.send('GET', `${ext}/profile`, { headers })).status).toBe(401)
  })

  behaviour(4, 'reads doubled slashes, a slash at the end, .json and escapes', async ({ campaign }) => {
    const [profile] = campaign.campaign.addProfiles([{ email: 'a@b.c' }])
    const PKey = String(profile?.['PKey'])
    const paths = [
      `${plain}/profile/`,
      `${plain}/profile.json`,
      `//acme//campaign//profileAndServices//profile`,
    ]
    for (const path of paths) expect((await campaign.call('GET', path)).json().content).toHaveLength(1)
    const one = await campaign.call('GET', `${plain}/profile/${PKey.replace('@', '%40')}`)
    expect(one.json().PKey).toBe(PKey)
  })

  behaviour(5, 'takes a JSON body whatever its Content-Type', async ({ campaign }) => {
    for (const type of [
      'text/plain;charset=UTF-8',
      'application/json;charset=utf-8',
      'application/x-www-form-urlencoded',
    ]) {
      const headers = { ...campaign.headers, 'content-type': type }
      const answer = await campaign.send('POST', `${ext}/profile`, { headers, body: { thumbnail: type } })
      expect([answer.status, answer.json().thumbnail]).toEqual([201, type])
    }
  })
}
