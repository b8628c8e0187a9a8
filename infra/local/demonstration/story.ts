// A story: signed deliveries go to the real gateway, and the screen shows what becomes of one profile. What a story
// claims is looked up afterwards; a claim that does not hold fails it.
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import type { Mappings } from '../../../functions/change/mapping.ts'
import type { Campaign, ShownProfile } from '../campaign/campaign.ts'
import type { LoggedRequest } from '../campaign/request-log.ts'
import { findLocalSource } from '../sending/local-source.ts'
import { type Posted, postSigned } from '../sending/post-signed.ts'
import type { LocalLog } from './local-log.ts'
import { showClaim, showDelivery, showProfile, showRequests, showTitle } from './story-screen.ts'

export type Story = {
  /** One sentence: what happens, and what comes of it. */
  readonly title: string
  readonly source: string
  /** Whether the mappings still say what the story tells: they are the user's to edit. */
  readonly canBeTold: (mappings: Mappings) => boolean
  /** The profile as it is before; `cusCrmId` names it. */
  readonly profile: Readonly<Record<string, unknown>> & { readonly cusCrmId: string }
  /** The attributes that matter. */
  readonly attributes: readonly string[]
  /** In the order of arrival. `now` is epoch milliseconds; what they tell lies before it. */
  readonly deliveries: (now: number) => readonly StoryDelivery[]
  readonly claims: readonly Claim[]
}

export type StoryDelivery = { readonly about: string; readonly body: unknown }

/** What can be known when a story has ended. `outcomes` are those of all its changes, as they ended. */
export type Ending = {
  readonly profile: ShownProfile
  readonly requests: readonly LoggedRequest[]
  readonly outcomes: readonly string[]
}

export type Claim = { readonly says: string; readonly holds: (ending: Ending) => boolean }

/** Where a story is played. */
export type Stage = {
  readonly gatewayUrl: string
  readonly campaign: Pick<Campaign, 'addProfiles' | 'profiles' | 'requests'>
  readonly log: Pick<LocalLog, 'endedOf'>
  readonly mappings: Mappings
}

const PATIENCE_MILLISECONDS = 10_000
const POLL_MILLISECONDS = 10

const receiptSchema = z.object({ accepted: z.int(), receipt: z.string() })

/** Plays a story on the screen; whether all that it claims is true. */
export const tellStory = async (story: Story, number: number, stage: Stage): Promise<boolean> => {
  const { campaign, gatewayUrl, mappings, log } = stage
  const source = await findLocalSource(mappings, story.source)
  campaign.addProfiles([story.profile])
  const profile = (): ShownProfile =>
    campaign.profiles().find(({ cusCrmId }) => cusCrmId === story.profile.cusCrmId) ?? {}

  const before = profile()
  showTitle(number, story.title)
  showProfile('before', story.attributes, before)
  const firstRequest = campaign.requests().length
  const outcomes: string[] = []
  for (const { about, body } of story.deliveries(Date.now())) {
    const mark = campaign.requests().length
    const bytes = Buffer.from(JSON.stringify(body))
    const posted = await postSigned({ source, gatewayUrl, body: bytes, now: Date.now() })
    showDelivery(about, posted)
    outcomes.push(...(await outcomesOf(posted, log)))
    showRequests(campaign.requests().slice(mark))
  }
  const ending = { profile: profile(), requests: campaign.requests().slice(firstRequest), outcomes }
  showProfile('after', story.attributes, ending.profile, before)
  const held = story.claims.map((claim) => {
    const holds = claim.holds(ending)
    showClaim(claim.says, holds)
    return holds
  })
  return held.every(Boolean)
}

/** Waits until every accepted change has ended; what has not within ten seconds is left out, and a claim will miss it. */
const outcomesOf = async ({ status, text }: Posted, log: Stage['log']): Promise<readonly string[]> => {
  if (status >= 300) return []
  const { accepted, receipt } = receiptSchema.parse(JSON.parse(text))
  const giveUpAt = Date.now() + PATIENCE_MILLISECONDS
  while (log.endedOf(receipt).length < accepted && Date.now() < giveUpAt) await sleep(POLL_MILLISECONDS)
  return log.endedOf(receipt).map(({ outcome }) => String(outcome))
}
