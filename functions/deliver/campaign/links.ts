// Links of a profile on their way to Campaign: units by name become PKeys, and what is said of a linked record is told
// apart from what is said of the profile. campaign-standard.en updating-profile-organizational-unit.
import type { Value, Values } from '../../change/change.ts'
import type { Attributes } from '../../change/profile.ts'
import { CampaignError, type Fault } from './campaign-error.ts'
import type { ConfigurationWatches } from './configuration-fault.ts'
import type { Call } from './exchange.ts'
import type { OrgUnits } from './org-units.ts'
import { isLink, toWire } from './record.ts'

export type LinksOptions = {
  readonly attributes: Attributes
  readonly units: OrgUnits
  /** What of organizational units is wanted; undefined where Campaign has none. */
  readonly unitsWanted: UnitsWanted | undefined
  readonly watch: Pick<ConfigurationWatches, 'defaultUnit'>
}

export type UnitsWanted = {
  /** Whether they are needed whatever senders set. */
  readonly atStart: boolean
  /** The name of the one that created profiles get, where their values hold none. */
  readonly ofNew: string | undefined
}

export const createLinks = ({ attributes, units, unitsWanted, watch }: LinksOptions) => {
  const isUnit = (attribute: string): boolean => attributes.get(attribute)?.type === 'unit'
  const holdsUnit = (values: Values): boolean => Object.keys(values).some(isUnit)
  const holdsLink = (values: Values): boolean =>
    Object.keys(values).some((attribute) => isLink(attribute, attributes))

  const resolveOfNew = watch.defaultUnit((name: string, call: Call) =>
    units.resolve(name, call).catch((error: unknown): never => {
      if (!(error instanceof CampaignError) || error.fault.kind !== 'refused') throw error
      throw new CampaignError(error.message, { kind: 'whole', code: 'default-org-unit-unknown' }, error)
    }),
  )

  /** The body of a PATCH. Throws CampaignError. */
  const toBody = async (values: Values, call: Call): Promise<string> => {
    const resolved: Record<string, Value> = { ...values }
    for (const [attribute, value] of Object.entries(values).filter(([name]) => isUnit(name))) {
      if (!unitsWanted) throw new CampaignError('no organizational units', NO_UNITS)
      resolved[attribute] = await units.resolve(String(value), call)
    }
    return JSON.stringify(toWire(resolved, attributes))
  }

  /** Of a unit's PKey that we hold since long the next one read may be another; a sender's is the sender's to mend. */
  const faultOfLink = (values: Values): Fault =>
    holdsUnit(values) && units.doubt() ? { kind: 'unexplained' } : { kind: 'refused', code: 'value-refused' }

  return {
    toBody,
    /** The body of a POST. Throws CampaignError. */
    toNewBody: async (values: Values, call: Call): Promise<string> => {
      const ofNew = unitsWanted?.ofNew
      if (ofNew === undefined || holdsUnit(values)) return toBody(values, call)
      const resolved = { ...values, orgUnit: await resolveOfNew(ofNew, call) }
      return JSON.stringify(toWire(resolved, attributes))
    },
    /**
     * Runs a write of these values. Campaign refuses the PKey of a linked record in the words it has for the profile's
     * own: where `seeProfile` finds the profile, the link is at fault. Throws CampaignError.
     */
    write: async <Result>(
      values: Values,
      work: () => Promise<Result>,
      seeProfile: () => Promise<unknown>,
    ): Promise<Result> => {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof CampaignError) || !holdsLink(values) || !mayMeanLink(error.fault)) throw error
        await seeProfile()
        throw new CampaignError(error.message, faultOfLink(values), error)
      }
    },
    /** Reads the units where they are needed in any case, and tells of a default that is none. Never throws. */
    begin: async (deadline: number): Promise<void> => {
      if (!unitsWanted?.atStart) return
      // Nobody's change has asked for this call.
      const call: Call = { deadline, count: () => {} }
      const { ofNew } = unitsWanted
      await (ofNew === undefined ? units.begin(call) : resolveOfNew(ofNew, call)).catch(() => {})
    },
  }
}

const NO_UNITS: Fault = { kind: 'refused', code: 'attribute-unknown' }

const mayMeanLink = (fault: Fault): boolean =>
  fault.kind === 'not-found' ||
  (fault.kind === 'refused' && fault.code === 'key-malformed') ||
  (fault.kind === 'unexplained' && fault.isMissing === true)
