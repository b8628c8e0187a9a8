// A running emulator and a client that sends paths exactly as they are written.
import { Pool } from 'undici'
import { realTime, type Time } from '../../functions/runtime/time.ts'
import { startCampaign } from '../../infra/local/campaign/server.ts'
import type { SettingsChange } from '../../infra/local/campaign/settings.ts'

export const credentials = { organization: 'acme', clientId: 'client-1', clientSecret: 'secret-1' }
export const plain = '/acme/campaign/profileAndServices'
export const ext = '/acme/campaign/profileAndServicesExt'
export const form = { 'content-type': 'application/x-www-form-urlencoded' }

export const tokenForm = (change: Record<string, string> = {}) =>
  new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret,
    scope: 'openid,campaign_sdk',
    ...change,
  }).toString()

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
type Given = { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal | undefined }

export const campaignUnderTest = async (options: { settings?: SettingsChange; time?: Time } = {}) => {
  const server = await startCampaign({ port: 0, credentials, time: realTime, ...options })
  const pool = new Pool(server.url, { allowH2: false })

  /** No headers but those given; a body that is not text is sent as JSON. */
  const send = async (method: Method, path: string, given: Given = {}) => {
    const { body, headers = {}, signal } = given
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
    const answer = await pool.request({ method, path, headers, body: text ?? null, signal: signal ?? null })
    const received = await answer.body.text()
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: received,
      // biome-ignore lint/suspicious/noExplicitAny: answers are asserted, not typed
      json: (): any => JSON.parse(received),
    }
  }
  const askToken = (change: Record<string, string> = {}) =>
    send('POST', '/ims/token/v3', { body: tokenForm(change), headers: form })
  const headersOf = (token: string) => ({
    'x-api-key': credentials.clientId,
    authorization: `Bearer ${token}`,
  })
  const first = await server.campaign.handle({
    method: 'POST',
    path: '/ims/token/v3',
    headers: form,
    body: tokenForm(),
  })
  if (first.kind !== 'answer') throw new Error('the first token was not answered')
  const headers = headersOf(JSON.parse(first.body).access_token)

  return {
    url: server.url,
    campaign: server.campaign,
    close: server.close,
    send,
    askToken,
    headersOf,
    headers,
    /** With the credentials of a good client. */
    call: (method: Method, path: string, body?: unknown, signal?: AbortSignal) =>
      send(method, path, { headers, body, signal }),
    control: (method: Method, name: string, body?: unknown) => send(method, `/_emulator/${name}`, { body }),
    [Symbol.asyncDispose]: async () => {
      await pool.destroy()
      await server.close()
    },
  }
}

/** The path of an href that the emulator gave. */
export const pathOf = (href: string) => href.replace(/^https?:\/\/[^/]+/, '')
