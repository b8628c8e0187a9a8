// Somebody of a test's own: the ledger outlives everything else, so no two tests share a person.
import type { MatchEntry } from '../../functions/change/change.ts'
import type { Delivery } from './delivery.ts'

let made = 0

export type Person = {
  readonly key: MatchEntry
  readonly email: MatchEntry
  /** All profiles that have the email, as Campaign shows them; `profile` is the first. */
  readonly profiles: () => readonly Record<string, unknown>[]
  readonly profile: () => Record<string, unknown>
  /** What was asked of Campaign's API since the person was made, IMS left out. */
  readonly requests: () => readonly { readonly method: string; readonly path: string }[]
  /** How many of them, of one method if it is given. */
  readonly calls: (method?: string) => number
}

/** Adds a profile with a key and an email nobody else has. */
export const aPerson = (
  { campaign }: Delivery,
  attributes: Readonly<Record<string, unknown>> = {},
): Person => {
  made += 1
  const key = { attribute: 'cusCrmId', value: `crm-${made}` }
  const email = { attribute: 'email', value: `person-${made}@example.com` }
  campaign.addProfiles([{ cusCrmId: key.value, email: email.value, ...attributes }])
  const seen = campaign.requests().length
  const requests = () =>
    campaign
      .requests()
      .slice(seen)
      .filter(({ path }) => !path.startsWith('/ims/'))
  const profiles = () => campaign.profiles().filter((one) => one['email'] === email.value)
  return {
    key,
    email,
    profiles,
    profile: () => profiles()[0] ?? {},
    requests,
    calls: (method) => requests().filter((one) => !method || one.method === method).length,
  }
}
