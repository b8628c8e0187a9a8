// Looks whether what was sent has arrived: the last step of the vendor's recipe (updating-profiles).
import type { Versions } from '../../change/merge.ts'
import type { Address, Campaign } from '../campaign/campaign.ts'
import type { Call } from '../campaign/exchange.ts'
import { type Comparison, isVerified } from '../campaign/record.ts'

/** The attributes that the record shows as they were sent; undefined where it could not be read. Never throws. */
export type ReadBack = (
  address: Address,
  sent: Versions,
  call: Call,
) => Promise<ReadonlySet<string> | undefined>

export const createReadBack =
  (campaign: Pick<Campaign, 'read'>, comparison: Comparison): ReadBack =>
  async (address, sent, call) => {
    try {
      const record = await campaign.read(address, call)
      const seen = Object.entries(sent).filter(([attribute, { value }]) =>
        isVerified(record, attribute, value, comparison),
      )
      return new Set(seen.map(([attribute]) => attribute))
    } catch {
      // The write stands and is recorded, whatever kept us from looking.
      return undefined
    }
  }
