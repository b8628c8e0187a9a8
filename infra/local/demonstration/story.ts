// A story: signed deliveries go to the real gateway, and the screen shows what becomes of one profile. What a story
// claims is looked up afterwards; a claim that does not hold fails it.
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import type { Mappings } from '../../../functions/change/mapping.ts'
import type { Environment } from '../../../functions/runtime/config.ts'
import type { Campaign, ShownProfile } from '../campaign/campaign.ts'
import type { LoggedRequest } from '../campaign/request-log.ts'
import { findWebhookSource } from '../sending/local-source.ts'
import { type Posted, postSigned } from '../sending/post-signed.ts'
import type { LocalLog } from './local-log.ts'
import { setOnThePage } from './on-the-page.ts'
import {
  showAppearance,
  showClaim,
  showDelivery,
  showPage,
  showProfile,
  showRequests,
  showTitle,
} from './story-screen.ts'

export type Story = {
  /** One sentence: what happens, and what comes of it. */
  readonly title: string
  readonly source: string
  /** Whether mappings and settings still say what the story tells: they are the user's to edit. */
  readonly canBeTold: (mappings: Mappings, environment: Environment) => boolean
  /** A profile that comes late is added when the changes wait for it. */
  readonly profileComes?: 'late'
  /** The profile as it is before; `cusCrmId` names it. */
  readonly profile: Readonly<Record<string, unknown>> & { readonly cusCrmId: string }
  /** Flags that the customer sets on a page of Campaign itself, before anything arrives. */
  readonly onThePage?: Readonly<Record<string, boolean>>
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
  readonly campaign: Pick<Campaign, 'addProfiles' | 'profiles' | 'requests' | 'handle'>
  readonly log: Pick<LocalLog, 'endedOf' | 'waitingOf'>
  readonly mappings: Mappings
  /** Has waiting changes tried again. */
  readonly moveWaiting: () => void
}

const PATIENCE_MILLISECONDS = 10_000
const POLL_MILLISECONDS = 10

const receiptSchema = z.object({ accepted: z.int(), receipt: z.string() })

/** Plays a story on the screen; whether all that it claims is true. */
export const tellStory = async (story: Story, number: number, stage: Stage): Promise<boolean> => {
  const { campaign, gatewayUrl, mappings, log } = stage
  const source = await findWebhookSource(mappings, story.source)
  const isLate = story.profileComes === 'late'
  if (!isLate) campaign.addProfiles([story.profile])
  const profile = (): ShownProfile =>
    campaign.profiles().find(({ cusCrmId }) => cusCrmId === story.profile.cusCrmId) ?? {}

  showTitle(number, story.title)
  if (story.onThePage) {
    await setOnThePage(campaign, String(profile()['PKey']), story.onThePage)
    showPage(story.onThePage)
    // What is said from now on is later than that, by any clock.
    await sleep(POLL_MILLISECONDS)
  }
  let before = profile()
  showProfile('before', story.attributes, before)
  const firstRequest = campaign.requests().length
  const outcomes: string[] = []
  const receipts: Receipt[] = []
  for (const { about, body } of story.deliveries(Date.now())) {
    const mark = campaign.requests().length
    const bytes = Buffer.from(JSON.stringify(body))
    const posted = await postSigned({ source, gatewayUrl, body: bytes, now: Date.now() })
    showDelivery(about, posted)
    const receipt = receiptOf(posted)
    receipts.push(receipt)
    outcomes.push(...(await outcomesOf(receipt, isLate ? log.waitingOf : log.endedOf)))
    showRequests(campaign.requests().slice(mark))
  }
  if (isLate) {
    const mark = campaign.requests().length
    campaign.addProfiles([story.profile])
    before = profile()
    showAppearance()
    stage.moveWaiting()
    for (const receipt of receipts) outcomes.push(...(await outcomesOf(receipt, log.endedOf)))
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

type Receipt = z.infer<typeof receiptSchema>

const receiptOf = ({ status, text }: Posted): Receipt =>
  status >= 300 ? { accepted: 0, receipt: '' } : receiptSchema.parse(JSON.parse(text))

/** Waits until every accepted change is told; what is not within ten seconds is left out, and a claim will miss it. */
const outcomesOf = async (
  { accepted, receipt }: Receipt,
  linesOf: LocalLog['endedOf'],
): Promise<readonly string[]> => {
  const giveUpAt = Date.now() + PATIENCE_MILLISECONDS
  while (linesOf(receipt).length < accepted && Date.now() < giveUpAt) await sleep(POLL_MILLISECONDS)
  return linesOf(receipt).map(({ outcome }) => String(outcome))
}
