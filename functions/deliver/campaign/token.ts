// The access token: asked for once, held until shortly before it ends, renewed when Campaign refuses it.
// developer.adobe.com, ServerToServerAuthentication/ims
import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import type { CampaignCredentials } from '../../runtime/secret-contents.ts'
import type { Secret } from '../../runtime/secrets.ts'
import type { Time } from '../../runtime/time.ts'
import { CampaignError, readRetryAfter } from './campaign-error.ts'
import { type HttpAnswer, NotAnswered, type Send, type SendLimits } from './transport.ts'

/** Everything a request needs to be let in; the three belong together. */
export type Access = { readonly organization: string; readonly apiKey: string; readonly accessToken: string }

export type Token = {
  /** A token that should still be good. Throws CampaignError or SecretError. */
  readonly read: (limits: SendLimits) => Promise<Access>
  /** Another one than `refused`; throws CampaignError `credentials-refused` where there is none. */
  readonly renew: (refused: Access, limits: SendLimits) => Promise<Access>
}

/** The scopes that live Campaign clients ask for; the Developer Console shows an installation's own list. */
const SCOPES =
  'openid,AdobeID,campaign_sdk,additional_info.projectedProductContext,campaign_config_server_general,deliverability_service_general'
/** A token is not used in its last five minutes, nor in the last tenth of a short life. */
const LAST_MILLISECONDS = 5 * 60 * 1000

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() })
const errorSchema = z.object({ error: z.string() })

type ClientCredentials = Extract<CampaignCredentials, { clientId: string }>

export const createToken = (given: {
  readonly credentials: Secret<CampaignCredentials>
  readonly imsUrl: string
  readonly send: Send
  readonly time: Time
}): Token => {
  const { credentials, imsUrl, send, time } = given
  let held: { readonly access: Access; readonly of: ClientCredentials; readonly until: number } | undefined
  let pending: Promise<Access> | undefined

  const request = async (limits: SendLimits): Promise<Access> => {
    const current = await credentials.read()
    if ('accessToken' in current) return current
    const answer = await askIms(current, limits)
    if (answer.status !== 400 || !isInvalidClient(answer)) return hold(current, answer)
    // Rotated since we last looked, perhaps.
    await credentials.refresh()
    const rotated = await credentials.read()
    if ('accessToken' in rotated) return rotated
    return hold(rotated, await askIms(rotated, limits))
  }

  const askIms = ({ clientId, clientSecret, scopes = SCOPES }: ClientCredentials, limits: SendLimits) =>
    send(
      {
        method: 'POST',
        url: new URL(`${imsUrl}/ims/token/v3`),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: clientSecret,
          scope: scopes,
        }).toString(),
      },
      limits,
    ).catch((error: unknown): never => {
      const code = error instanceof NotAnswered && error.code === 'too-late' ? 'deadline' : 'unreachable'
      throw new CampaignError('IMS did not answer', { kind: 'unsent', code }, error)
    })

  const hold = (of: ClientCredentials, answer: HttpAnswer): Access => {
    if (answer.status !== 200) throw imsError(answer, time.now())
    const parsed = tokenSchema.safeParse(parseText(answer.body))
    if (!parsed.success)
      throw new CampaignError('IMS answered no token', { kind: 'whole', code: 'unavailable' })
    const lifetime = parsed.data.expires_in * 1000
    const { organization, clientId } = of
    const access = { organization, apiKey: clientId, accessToken: parsed.data.access_token }
    held = { access, of, until: answer.sentAt + lifetime - Math.min(LAST_MILLISECONDS, lifetime / 10) }
    return access
  }

  const requestOnce = (limits: SendLimits): Promise<Access> => {
    pending ??= request(limits).finally(() => {
      pending = undefined
    })
    return pending
  }

  return {
    read: async (limits) => {
      // A token outlives the secret it was asked for with by a day: a mended organization or key must not wait for that.
      const current = await credentials.read()
      const isGood = held && time.now() < held.until && isDeepStrictEqual(held.of, current)
      return held && isGood ? held.access : requestOnce(limits)
    },
    renew: async (refused, limits) => {
      if (held?.access.accessToken === refused.accessToken) held = undefined
      if (held) return held.access
      await credentials.refresh()
      const renewed = await requestOnce(limits)
      if (renewed.accessToken !== refused.accessToken) return renewed
      throw new CampaignError('the token was refused and there is no other', {
        kind: 'whole',
        code: 'credentials-refused',
      })
    },
  }
}

const isInvalidClient = ({ body }: HttpAnswer): boolean =>
  errorSchema.safeParse(parseText(body)).data?.error === 'invalid_client'

const imsError = ({ status, headers }: HttpAnswer, now: number): CampaignError => {
  const code = status === 429 ? 'throttled' : status >= 500 ? 'unavailable' : 'credentials-refused'
  const retryAfter = headers['retry-after']
  const retryAfterMilliseconds = readRetryAfter(typeof retryAfter === 'string' ? retryAfter : undefined, now)
  return new CampaignError(`IMS answered ${status}`, { kind: 'whole', code, retryAfterMilliseconds })
}

const parseText = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
