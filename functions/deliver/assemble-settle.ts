// The parts that take a change to its end, put together as the settings say.
import { filledOnly, type Mappings, type MatchBy } from '../change/mapping.ts'
import { writableAttributes } from '../change/profile.ts'
import type { DeliverConfig } from '../runtime/config.ts'
import type { Log } from '../runtime/log.ts'
import type { Pseudonym } from '../runtime/pseudonym.ts'
import type { Time } from '../runtime/time.ts'
import type { Doubt } from './budget/doubt.ts'
import type { Campaign } from './campaign/campaign.ts'
import { createFindAndApply } from './find-and-apply.ts'
import type { Evidence } from './ledger/evidence.ts'
import type { Ledger } from './ledger/ledger.ts'
import { createMatch } from './match/match.ts'
import { createObserve, type Tools } from './observe/observe.ts'
import { createApply } from './profile/apply.ts'
import { createCreate } from './profile/create.ts'
import type { Schema } from './profile/difference.ts'
import { createFillKeys } from './profile/fill-keys.ts'
import { createHold } from './profile/hold.ts'
import { createMakeSure } from './profile/make-sure.ts'
import type { ProfileWork } from './profile/profile-work.ts'
import { createReadBack } from './profile/read-back.ts'
import { createRemove } from './profile/remove.ts'
import { createSendFlags } from './profile/send-flags.ts'
import { createWrite } from './profile/write.ts'
import { createSettle, type Settle } from './settle.ts'
import type { Alone } from './suspect/alone.ts'
import type { Names } from './suspect/names.ts'
import { createJudgingSettle } from './suspect/unexplained.ts'

export type Parts = {
  readonly config: DeliverConfig
  readonly matchBy: MatchBy
  readonly mappings: Mappings
  readonly campaign: Campaign
  readonly ledger: Ledger
  readonly evidence: Evidence
  readonly pseudonym: Pseudonym
  readonly time: Time
  readonly newOwner: () => string
  readonly log: Log
  readonly alone: Alone
  readonly nameOf: Names['nameOf']
  readonly notePart: Names['notePart']
  readonly doubt: Doubt
}

export const assembleSettle = (parts: Parts): Settle => {
  const { config, mappings, log } = parts
  const attributes = writableAttributes(mappings.attributes)
  const settings = {
    ...parts,
    schema: { attributes, isUnit: parts.campaign.isUnit, filledOnly: filledOnly(mappings) },
    ...parts.matchBy,
    // Who observes has to look first in any case.
    verifies: config.VERIFY === 'always' || config.MODE === 'observe',
  }
  const tools = { ...parts, match: createMatch(settings) }
  const createWork = (given: Tools) => createProfileWork({ ...settings, ...given })
  const { match } = tools
  const { apply, makeSure, remove } =
    config.MODE === 'observe' ? createObserve(tools, createWork) : createWork(tools)
  const settle = createSettle({
    findAndApply: createFindAndApply(match, apply),
    makeSure,
    remove,
    notePart: parts.notePart,
    createsUnmatched: config.UNMATCHED === 'create',
    pseudonym: parts.pseudonym,
    log,
  })
  const judging = config.MODE === 'observe' ? settle : createJudgingSettle({ ...parts, settle })
  return async (changes, deadline) => {
    const begun = parts.campaign.begin(deadline)
    // A function is frozen when it has answered: nothing of it may be under way then.
    return judging(changes, deadline).finally(() => begun)
  }
}

type Settings = Parts &
  MatchBy &
  Tools & {
    readonly schema: Schema
    readonly verifies: boolean
  }

const createProfileWork = (settings: Settings): ProfileWork => {
  const { campaign, schema, config } = settings
  const landing = { ...settings, landingMilliseconds: config.LANDING_SECONDS * 1000 }
  const hold = createHold(landing)
  // What was not sent cannot have arrived.
  const readBack = config.MODE === 'observe' ? async () => undefined : createReadBack(campaign, schema)
  const common = { ...settings, hold, readBack, sendFlags: createSendFlags(landing) }
  const apply = createApply({ ...common, write: createWrite(common) })
  const create = createCreate(common)
  const fillKeys = createFillKeys(common)
  const makeSure = createMakeSure({ ...common, create, fillKeys, apply })
  const remove = createRemove(common)
  const { guard } = settings.alone
  return {
    apply: (group, call) => guard(group.changes, call, (own) => apply(group, own)),
    makeSure: (changes, call) => guard(changes, call, (own) => makeSure(changes, own)),
    remove: (change, call) => guard([change], call, (own) => remove(change, own)),
  }
}
