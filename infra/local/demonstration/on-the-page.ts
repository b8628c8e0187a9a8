// What a customer does on a page of Campaign itself: nothing of ours has a part in it.
import * as z from 'zod'
import type { Campaign } from '../campaign/campaign.ts'
import { localCredentials } from '../credentials.ts'

const tokenSchema = z.object({ access_token: z.string() })

/** Sets flags of the profile with this PKey, through Campaign's own API since the emulator has no pages. */
export const setOnThePage = async (
  { handle }: Pick<Campaign, 'handle'>,
  PKey: string,
  flags: Readonly<Record<string, boolean>>,
): Promise<void> => {
  const { organization, clientId, clientSecret } = localCredentials.campaign
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
  const body = String(new URLSearchParams({ ...form, scope: 'openid' }))
  const token = await handle({ method: 'POST', path: '/ims/token/v3', headers: {}, body })
  if (token.kind !== 'answer') return
  const { access_token } = tokenSchema.parse(JSON.parse(String(token.body)))
  await handle({
    method: 'PATCH',
    path: `/${organization}/campaign/profileAndServicesExt/profile/${PKey}`,
    headers: { 'x-api-key': clientId, authorization: `Bearer ${access_token}` },
    body: JSON.stringify(flags),
  })
}
