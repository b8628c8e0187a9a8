// The parts that take a change to its end, put together as the settings say.
import { filledOnly, type Mappings, type MatchBy } from '../change/mapping.ts'
import { writableAttributes } from '../change/profile.ts'
import type { DeliverConfig } from '../runtime/config.ts'
import type { Log } from '../runtime/log.ts'
import type { Pseudonym } from '../runtime/pseudonym.ts'
import type { Time } from '../runtime/time.ts'
import { createApply } from './apply.ts'
import type { Campaign } from './campaign/campaign.ts'
import { createCreate } from './create.ts'
import type { Schema } from './difference.ts'
import { createFillKeys } from './fill-keys.ts'
import { createFindAndApply } from './find-and-apply.ts'
import { createHold } from './hold.ts'
import type { Ledger } from './ledger/ledger.ts'
import { createMakeSure } from './make-sure.ts'
import { createMatch } from './match.ts'
import { createObserve, type Observe } from './observe.ts'
import { createReadBack } from './read-back.ts'
import { createRemove } from './remove.ts'
import { createSendFlags } from './send-flags.ts'
import { createSettle, type Settle } from './settle.ts'
import { createWrite } from './write.ts'

export type Parts = {
  readonly config: DeliverConfig
  readonly matchBy: MatchBy
  readonly mappings: Mappings
  readonly campaign: Campaign
  readonly ledger: Ledger
  readonly pseudonym: Pseudonym
  readonly time: Time
  readonly newOwner: () => string
  readonly log: Log
}

export const assembleSettle = (parts: Parts): Settle => {
  const { config, mappings, log } = parts
  const settings = {
    ...parts,
    schema: { attributes: writableAttributes(mappings.attributes), filledOnly: filledOnly(mappings) },
    ...parts.matchBy,
    verifies: config.VERIFY === 'always',
  }
  const match = createMatch(settings)
  const { apply, makeSure, remove } =
    config.MODE === 'observe' ? createObserve({ ...settings, match }) : createWriting(settings, match)
  return createSettle({
    findAndApply: createFindAndApply(match, apply),
    makeSure,
    remove,
    createsUnmatched: config.UNMATCHED === 'create',
    log,
  })
}

type Settings = Parts &
  MatchBy & {
    readonly schema: Schema
    readonly verifies: boolean
  }

const createWriting = (settings: Settings, match: ReturnType<typeof createMatch>): Observe => {
  const { campaign, schema, config } = settings
  const landing = { ...settings, landingMilliseconds: config.LANDING_SECONDS * 1000 }
  const hold = createHold(landing)
  const readBack = createReadBack(campaign, schema.attributes)
  const common = { ...settings, match, hold, readBack, sendFlags: createSendFlags(landing) }
  const apply = createApply({ ...common, write: createWrite(common) })
  const create = createCreate(common)
  const fillKeys = createFillKeys(common)
  return {
    apply,
    makeSure: createMakeSure({ ...common, create, fillKeys, apply }),
    remove: createRemove(common),
  }
}
