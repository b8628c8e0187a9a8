// Sends what may hold flags: that they are sent is recorded under the lease before they are, and that they were answered
// is handed back, to be recorded with the clocks.
import { answered, type ConsentSent, flagsIn, sending } from '../../change/consent-sent.ts'
import type { Versions } from '../../change/merge.ts'
import { SecretError } from '../../runtime/secrets.ts'
import type { Time } from '../../runtime/time.ts'
import { CampaignError } from '../campaign/campaign-error.ts'
import { type Lease, LeaseLost, type Ledger, LedgerError } from '../ledger/ledger.ts'

export type SendFlags = <Answer>(
  lease: Lease | undefined,
  values: Versions,
  send: () => Promise<Answer>,
) => Promise<{ readonly answer: Answer; readonly sent?: ConsentSent }>

export type SendFlagsOptions = {
  readonly ledger: Pick<Ledger, 'record'>
  readonly landingMilliseconds: number
  readonly time: Time
}

/** Throws what `send` throws, LedgerError or LeaseLost. Without a lease the caller records what is handed back. */
export const createSendFlags =
  ({ ledger, landingMilliseconds, time }: SendFlagsOptions): SendFlags =>
  async (lease, values, send) => {
    const flags = flagsIn(values)
    if (Object.keys(flags).length === 0) return { answer: await send() }
    const before = sending(flags, lease?.consentSent ?? {}, time.now(), landingMilliseconds)
    if (lease && !(await ledger.record(lease, {}, before))) throw new LeaseLost()
    const answer = await send().catch(async (error: unknown) => {
      // What was refused or never left cannot land: nothing that happens in Campaign from now on may pass for ours.
      if (lease && cannotLand(error))
        await ledger.record(lease, {}, lease.consentSent ?? {}).catch(() => false)
      throw error
    })
    return { answer, sent: answered(flags, before, time.now()) }
  }

/** Without a secret, or a moment of the budget to call in, nothing was sent; a CampaignError says by itself whether. */
export const cannotLand = (error: unknown): boolean =>
  error instanceof CampaignError
    ? error.fault.kind !== 'lost'
    : error instanceof SecretError || error instanceof LedgerError
