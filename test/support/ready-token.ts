// Credentials that somebody else renews: a token as it lies ready in the secret.
import * as z from 'zod'
import { localCredentials } from '../../infra/local/credentials.ts'
import type { Delivery } from './delivery.ts'

/** A token of the emulator's IMS, in the form that the secret of Campaign may have. */
export const readyCredentials = async ({ campaignUrl }: Delivery) => {
  const { organization, clientId, clientSecret } = localCredentials.campaign
  const answer = await fetch(`${campaignUrl}/ims/token/v3`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'openid',
    }),
  })
  const { access_token } = z.object({ access_token: z.string() }).parse(await answer.json())
  return { organization, apiKey: clientId, accessToken: access_token }
}
