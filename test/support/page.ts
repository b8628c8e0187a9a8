// The page in Campaign itself by which a person opens and closes flags, in virtual time.
import type { Simulation } from './simulation.ts'

/** Sets flags of the profile with this business key, as nothing of ours does. */
export const onThePage = (
  simulation: Pick<Simulation, 'campaign'>,
  key: string,
  flags: Readonly<Record<string, boolean>>,
): Promise<void> => asUser(simulation, 'PATCH', key, flags)

/** What a person or another program does in Campaign meanwhile, to the record with this PKey or business key. */
export const asUser = async (
  { campaign }: Pick<Simulation, 'campaign'>,
  method: 'PATCH' | 'DELETE',
  key: string,
  body: object = {},
): Promise<void> => {
  const form = 'grant_type=client_credentials&client_id=client&client_secret=secret&scope=x'
  const token = await campaign.handle({ method: 'POST', path: '/ims/token/v3', headers: {}, body: form })
  if (token.kind !== 'answer') throw new Error('the page got no token')
  const { access_token } = JSON.parse(String(token.body))
  const answer = await campaign.handle({
    method,
    path: `/tenant/campaign/profileAndServicesExt/profile/${key}`,
    headers: { 'x-api-key': 'client', authorization: `Bearer ${access_token}` },
    body: JSON.stringify(body),
  })
  if (answer.kind !== 'answer' || answer.status >= 300) throw new Error('the page failed')
}
