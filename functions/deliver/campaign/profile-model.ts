// What of the environment and mappings.ts decides how Campaign's profiles are spoken of.
import { type Mappings, needsOrgUnits } from '../../change/mapping.ts'
import { type Attributes, writableAttributes } from '../../change/profile.ts'
import { type DeliverConfig, isExtended } from '../../runtime/config.ts'
import type { UnitsWanted } from './links.ts'

export type ProfileModel = {
  /** `profileAndServicesExt` shows and takes an instance's own attributes, `profileAndServices` only stock ones. */
  readonly isExtended: boolean
  readonly attributes: Attributes
  readonly unitsWanted: UnitsWanted | undefined
}

/** v8 has no organizational units, and Standard has them on the extended API only. */
export const profileModelOf = (config: DeliverConfig, mappings: Mappings): ProfileModel => {
  const extended = isExtended(config, mappings)
  const hasUnits = config.CAMPAIGN_DIALECT === 'standard' && extended
  return {
    isExtended: extended,
    attributes: writableAttributes(mappings.attributes),
    unitsWanted: hasUnits ? { atStart: needsOrgUnits(mappings), ofNew: mappings.orgUnit } : undefined,
  }
}
